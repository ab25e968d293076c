//! The kit: one component a file, on native elements, styled by the class of the same name in `style/components`.
//!
//! No component carries an inline style, which the content security policy forbids, and none needs JavaScript for
//! what it says; what it *does* without it stands in its own documentation.

pub mod auth_layout;
pub mod avatar;
pub mod button;
pub mod canvas;
pub mod chips;
pub mod concept_list;
pub mod confirm_dialog;
pub mod copyable;
pub mod dialog;
pub mod drop;
pub mod edges;
pub mod empty_state;
pub mod error_summary;
pub mod field;
pub mod figure;
pub mod graph;
pub mod icon;
pub mod layout;
pub mod list_page;
pub mod live;
pub mod loaded;
pub mod marks;
pub mod menu;
pub mod pagination;
pub mod password_again;
pub mod progress;
pub mod prose;
pub mod providers;
pub mod recovery_codes;
pub mod room;
pub mod row_action;
pub mod scope_picker;
pub mod secret_once;
pub mod shortcuts;
pub mod swatch;
pub mod table;
pub mod tabs;
pub mod text_spans;
pub mod time;
pub mod toast;
pub mod tri_checkbox;
pub mod uploads;
pub mod window;
