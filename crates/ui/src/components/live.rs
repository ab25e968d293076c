//! Other people's changes, as they come in while a page inside an app is open.

use std::time::Duration;

use leptos::{
    ev,
    prelude::*,
    wasm_bindgen::{JsCast as _, closure::Closure},
};
use leptos_router::location::Url;

use crate::{
    api::apps::App,
    components::{
        icon::{Icon, Sign},
        loaded::Reload,
    },
};

/// How long to wait before connecting again to a server that refused; the browser itself sees to lost connections.
const TRY_AGAIN: Duration = Duration::from_secs(15);

/// For how long changes are gathered before the page is fetched anew.
const GATHER: Duration = Duration::from_millis(250);

/// How long the connection outlives its page: the next page is often one of the same app.
const LINGER: Duration = Duration::from_secs(2);

/// How long to wait until something that a fetch would take away may be done with.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// What a fetch must not take away: a field that is being filled in, an open question, what is shown once, a region that
/// is being drawn.
const KEPT: &str = "main :is(dialog[open], .secret, .canvas.is-changed, .naming :focus, \
                    form.form :is(input, textarea, select):focus, .filters input:focus:not(:placeholder-shown))";

/// The class of something that somebody works on or looks at by itself: what others do meanwhile is not shown, since a team
/// of labellers changes something all the time.
pub const AT_HAND: &str = "is-at-hand";

/// What is said where nothing is known of a change but that it was made.
const STALE: &str = "Something here was changed meanwhile.";

/// The app whose page is open.
#[derive(Clone)]
struct Followed {
    number: u32,
    app: String,
    reload: Option<Reload>,
}

/// What the person is told.
#[derive(Clone)]
struct News {
    text: String,
    /// Whether the page shows how it was before, because of what is typed into it.
    is_stale: bool,
}

/// What the open page follows, and what there is to tell of it.
///
/// It belongs to the whole application rather than to a page: pages are rendered anew by what it tells them.
#[derive(Clone, Copy)]
pub struct Live {
    followed: RwSignal<Option<Followed>>,
    next: StoredValue<u32>,
    news: RwSignal<Option<News>>,
    is_typed_in: StoredValue<bool>,
    /// Whether the window is in sight. Browsers allow few connections at once, and hidden pages need none.
    is_visible: RwSignal<bool>,
    attempt: RwSignal<u32>,
    /// The app that was connected last.
    connected: StoredValue<String>,
    /// Whether changes are being gathered.
    is_waiting: StoredValue<bool>,
    /// When the page last showed something new, in milliseconds of the browser's clock.
    shown_at: StoredValue<f64>,
}

/// Makes [`Live::follow`] work, and listens once a page inside an app is there.
pub(crate) fn provide_live() {
    let live = Live {
        followed: RwSignal::new(None),
        next: StoredValue::new(0),
        news: RwSignal::new(None),
        is_typed_in: StoredValue::new(false),
        is_visible: RwSignal::new(true),
        attempt: RwSignal::new(0),
        connected: StoredValue::new(String::new()),
        is_waiting: StoredValue::new(false),
        shown_at: StoredValue::new(0.0),
    };
    provide_context(live);
    // Pages of the same app come and go without a new connection.
    let app = Memo::new(move |_| {
        let app = live.followed.with(|followed| followed.as_ref().map(|followed| followed.app.clone()));
        app.filter(|_| live.is_visible.get())
    });
    Effect::new(move || {
        live.attempt.track();
        match app.get() {
            // It is closed with the effect's next run.
            Some(app) => {
                StoredValue::new_local(Connection::open(live, app));
            }
            None if live.is_visible.get_untracked() => live.connected.set_value(String::new()),
            None => {}
        }
    });
    Effect::new(move || {
        let typed = window_event_listener(ev::input, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            let form = target.and_then(|element| element.closest("main form.form").ok().flatten());
            if form.is_some() {
                live.is_typed_in.set_value(true);
            }
        });
        let shown = window_event_listener_untyped("visibilitychange", move |_| {
            live.is_visible.set(!document().hidden());
        });
        on_cleanup(move || {
            typed.remove();
            shown.remove();
        });
    });
}

impl Live {
    /// That of the application.
    ///
    /// # Panics
    /// Outside [`App`](crate::App).
    pub fn of_application() -> Self {
        expect_context()
    }

    /// Follows `app` for as long as the calling page is there.
    pub fn follow(self, app: &App) {
        let number = self.next.get_value().wrapping_add(1);
        self.next.set_value(number);
        self.is_typed_in.set_value(false);
        self.shown_at.set_value(now());
        // The page shows how it is now: it need not be offered.
        self.news.update(|news| {
            *news = news
                .take()
                .filter(|news| !news.is_stale || news.text != STALE)
                .map(|news| News { is_stale: false, ..news });
        });
        let followed = Followed { number, app: format!("{}/{}", app.owner, app.slug), reload: use_context() };
        let is_another =
            self.followed.with_untracked(|last| last.as_ref().is_none_or(|last| last.app != followed.app));
        if is_another {
            self.news.set(None);
        }
        self.followed.set(Some(followed));
        on_cleanup(move || {
            let leave = move || {
                let last = self.followed.try_with_untracked(|last| last.as_ref().map(|last| last.number));
                if last == Some(Some(number)) {
                    self.followed.set(None);
                }
            };
            // Only the browser has a connection.
            #[cfg(any(feature = "hydrate", feature = "csr"))]
            set_timeout(leave, LINGER);
            #[cfg(not(any(feature = "hydrate", feature = "csr")))]
            let _ = (leave, LINGER);
        });
    }

    /// Notes that the page shows already what was changed just now.
    pub(crate) fn noted(self) {
        self.shown_at.set_value(now());
    }

    /// Says something until it is closed.
    fn tell(self, text: String) {
        self.news.set(Some(News { text, is_stale: false }));
    }

    /// As [`Self::changed`], in a moment: one act often brings several changes, and where it was one's own, the page that
    /// it leads to is on its way.
    fn changed_soon(self) {
        if self.is_waiting.get_value() {
            return;
        }
        self.is_waiting.set_value(true);
        let here = window().location().pathname().ok();
        let heard_at = now();
        let look = move || {
            self.is_waiting.set_value(false);
            self.look(here, heard_at);
        };
        set_timeout(look, GATHER);
    }

    /// Looks what to do about a change that was heard of at `heard_at`, while the page was at `here`.
    fn look(self, here: Option<String>, heard_at: f64) {
        // Another page has fetched what it shows after the change.
        if window().location().pathname().ok() != here {
            return;
        }
        let is_new = self.shown_at.get_value() > heard_at - GATHER.as_secs_f64() * 1_000.0;
        if !is_new || !self.is_kept() {
            return self.changed();
        }
        // The page was fetched about when the change was heard of, which then was most likely one's own: that is no news.
        // It is fetched once more when that disturbs nothing, since it may have been somebody else's as well.
        set_timeout(move || self.look(here, heard_at), LOOK_AGAIN);
    }

    /// Whether there is something on the page that a fetch would take away.
    fn is_kept(self) -> bool {
        self.is_typed_in.get_value() || document().query_selector(KEPT).is_ok_and(|found| found.is_some())
    }

    /// Something of what the page shows has changed.
    fn changed(self) {
        if !self.is_kept() {
            return self.show();
        }
        self.news.update(|news| match news {
            Some(news) => news.is_stale = true,
            None => *news = Some(News { text: STALE.to_owned(), is_stale: true }),
        });
    }

    /// Fetches what the page shows.
    fn show(self) {
        self.is_typed_in.set_value(false);
        let reload = self.followed.with_untracked(|followed| followed.as_ref().and_then(|one| one.reload));
        if let Some(reload) = reload {
            reload.now();
        }
    }

    /// What there is to tell, for the page's live region and for what stands over the page.
    pub(crate) fn notice(self) -> impl IntoView {
        move || self.news.get().map(|news| self.bar(news))
    }

    fn bar(self, News { text, is_stale }: News) -> AnyView {
        let show = move |_| {
            self.news.set(None);
            self.show();
        };
        let show = is_stale.then(|| {
            view! { <button type="button" class="button is-quiet" on:click=show>"Show how it is now"</button> }
        });
        view! {
            <div class="toast is-news">
                <span>{text}</span>
                {show}
                <button
                    type="button"
                    class="button is-quiet is-icon"
                    aria-label="Close the notice"
                    on:click=move |_| self.news.set(None)
                >
                    <Icon sign=Sign::Close />
                </button>
            </div>
        }
        .into_any()
    }
}

/// Whether the page has something that somebody works on.
fn is_at_hand() -> bool {
    document().get_elements_by_class_name(AT_HAND).length() > 0
}

/// An open stream of events, closed when it is dropped.
struct Connection {
    source: Option<web_sys::EventSource>,
    /// What is called with each event, for as long as the stream is open.
    listeners: Vec<Closure<dyn FnMut(web_sys::MessageEvent)>>,
}

impl Connection {
    fn open(live: Live, app: String) -> Self {
        let address = format!("/events?app={}", Url::escape(&app));
        let source = web_sys::EventSource::new(&address).ok();
        let mut connection = Self { source, listeners: Vec::new() };
        connection.on("open", move |_, _| {
            // What happened while there was no connection was not heard.
            let was_there = live.connected.with_value(|last| *last == app);
            live.connected.set_value(app.clone());
            if was_there && !is_at_hand() {
                live.changed();
            }
        });
        connection.on("access", move |_, _| live.changed_soon());
        connection.on("data", move |_, _| {
            if !is_at_hand() {
                live.changed_soon();
            }
        });
        connection.on("own", move |_, sentence| {
            live.tell(sentence);
            live.changed();
        });
        connection.on("ended", move |source, sentence| {
            // The page stays as it is, with everything that is typed into it.
            source.close();
            live.tell(sentence);
        });
        connection.on("error", move |source, _| {
            if source.ready_state() == web_sys::EventSource::CLOSED {
                set_timeout(
                    move || {
                        live.attempt.try_update(|attempt| *attempt = attempt.wrapping_add(1));
                    },
                    TRY_AGAIN,
                );
            }
        });
        connection
    }

    fn on(&mut self, event: &str, mut act: impl FnMut(&web_sys::EventSource, String) + 'static) {
        let Some(source) = self.source.clone() else { return };
        let listened = source.clone();
        let listener = Closure::new(move |event: web_sys::MessageEvent| {
            act(&source, event.data().as_string().unwrap_or_default());
        });
        // A listener on a stream of one's own is never refused.
        let _ = listened.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
        self.listeners.push(listener);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(source) = &self.source {
            source.close();
        }
    }
}

/// The browser's clock, in milliseconds.
#[cfg(any(feature = "hydrate", feature = "csr"))]
fn now() -> f64 {
    js_sys::Date::now()
}

/// Nothing is heard of on the server.
#[cfg(not(any(feature = "hydrate", feature = "csr")))]
fn now() -> f64 {
    0.0
}
