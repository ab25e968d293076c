//! One small set of drawings.

use leptos::prelude::*;

/// What can be drawn: strokes on a 16 px grid, one line weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The product.
    Atelier,
    /// Something new.
    Add,
    /// To the page before.
    Back,
    /// Done, chosen.
    Check,
    /// What happened, and when.
    Clock,
    /// Away with this layer or chip.
    Close,
    /// Collectors.
    Collector,
    /// Concepts.
    Concept,
    /// Into the clipboard.
    Copy,
    /// Datasets.
    Dataset,
    /// More below.
    Down,
    /// Change it.
    Edit,
    /// To the page after.
    Forth,
    /// Note.
    Info,
    /// Inputs.
    Input,
    /// Keys and secrets.
    Key,
    /// Not changeable.
    Lock,
    /// Models.
    Model,
    /// Further actions.
    More,
    /// People.
    People,
    /// Take it out for good.
    Remove,
    /// Search.
    Search,
    /// Settings.
    Settings,
    /// The sidebar.
    Sidebar,
    /// Tasks.
    Task,
    /// Take it back.
    Undo,
    /// Attention.
    Warning,
    /// Workflows.
    Workflow,
}

impl Sign {
    const fn path(self) -> &'static str {
        match self {
            Self::Atelier => "M2.5 13.5 8 2.5l5.5 11M5 9.5h6",
            Self::Add => "M8 3v10M3 8h10",
            Self::Back => "M10 3 5 8l5 5",
            Self::Check => "m3 8.5 3.5 3.5L13 4.5",
            Self::Clock => "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 4.5V8l2.5 1.5",
            Self::Close => "m4 4 8 8M12 4l-8 8",
            Self::Collector => "M2.5 3h11l-4 5v5l-3-2V8z",
            Self::Concept => "M2.5 2.5h5l6 6-5 5-6-6zM5.5 5.5h.01",
            Self::Copy => "M5.5 5.5h8v8h-8zM3 10.5H2.5v-8h8V3",
            Self::Dataset => "m2 5 6-3 6 3-6 3zM2 8l6 3 6-3M2 11l6 3 6-3",
            Self::Down => "m4 6 4 4 4-4",
            Self::Edit => "m3 13 .5-3L10.5 3l2.5 2.5-7 7zM9 4.5 11.5 7",
            Self::Forth => "m6 3 5 5-5 5",
            Self::Info => "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 7.5V11M8 5h.01",
            Self::Input => "M2.5 3h11v10h-11zM3 11l3-3 2.5 2.5L10.5 8l3 3M10.5 5.5h.01",
            Self::Key => "M5 7.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM7.2 8.3l6.3-5.8M11 5l2 2",
            Self::Lock => "M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
            Self::Model => "M8 2 13.5 5v6L8 14l-5.5-3V5zM2.5 5 8 8l5.5-3M8 8v6",
            Self::More => "M3.2 8h.6M7.7 8h.6M12.2 8h.6",
            Self::People => {
                "M6 2.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM1.5 13.5c0-5 9-5 9 0M10.5 3a2.3 2.3 0 0 1 0 4.2M12 9.8c1.6.6 2.5 1.9 2.5 3.7"
            }
            Self::Remove => "M3 4.5h10M6 4V2.5h4V4M4.5 4.5l.5 9h6l.5-9M7 7v4M9 7v4",
            Self::Search => "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3l3.2 3.2",
            Self::Settings => "M2.5 4.5h6M11.5 4.5h2M10 3v3M2.5 11.5h2M7.5 11.5h6M6 10v3",
            Self::Sidebar => "M2.5 3h11v10h-11zM6.5 3v10",
            Self::Task => "M3 2.5h10v11H3zM5.5 8l1.7 1.7 3.3-3.7",
            Self::Undo => "M5.5 3 2.5 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H6",
            Self::Warning => "M8 2.5 14.5 13.5h-13zM8 6.5v3.5M8 11.8h.01",
            Self::Workflow => "M2 3h4v4H2zM10 9h4v4h-4zM6 5h4a2 2 0 0 1 2 2v2",
        }
    }
}

/// A drawing beside a text that says the same. It is hidden from screen readers.
#[component]
pub fn Icon(
    /// What is drawn.
    sign: Sign,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d=sign.path() />
        </svg>
    }
}
