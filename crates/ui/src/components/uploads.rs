//! Files on their way to the server. They belong to the application rather than to a page, so that they keep going
//! while one looks at something else.

use std::time::Duration;

use leptos::{
    prelude::*,
    reactive::owner::LocalStorage,
    wasm_bindgen::{JsCast as _, JsValue, closure::Closure},
};

use crate::{
    api::{
        datasets::{IMPORT_LINES, ImportAnswer, ImportLine},
        inputs::{UploadAnswer, beginning},
    },
    components::{
        button::{Button, Look},
        icon::{Icon, Sign},
        prose::Prose,
        toast::Toasts,
    },
    error::UiError,
};

/// How many files travel at once.
const AT_ONCE: usize = 3;

/// What is sent.
#[derive(Clone)]
pub enum Content {
    /// A file that was chosen or dropped.
    File(web_sys::File),
    /// A text that was typed or pasted.
    Text(String),
    /// A file of inputs and of what is said of them, for a page that imports.
    Import(web_sys::File),
}

/// Where a file is on its way.
#[derive(Clone, PartialEq)]
enum State {
    /// It waits for others.
    Waiting,
    /// It travels; so many bytes have gone.
    Sending(u64),
    /// It has arrived and is read; so many of its inputs were looked at, of so many.
    Reading(usize, usize),
    /// It was imported.
    Imported,
    /// An input was made of it; there may be another, of this identifier, that holds the same.
    Added(Option<String>),
    /// None was made, because.
    Failed(String),
    /// The person has stopped it; while it was read, after so many of so many inputs.
    Cancelled(Option<(usize, usize)>),
}

impl State {
    fn is_under_way(&self) -> bool {
        matches!(self, Self::Waiting | Self::Sending(_) | Self::Reading(..))
    }
}

#[derive(Clone)]
struct Upload {
    number: u32,
    name: String,
    size: u64,
    /// Where it is sent to.
    path: String,
    /// Whether it tells of inputs, instead of being one.
    is_import: bool,
    state: ArcRwSignal<State>,
}

/// What the browser holds for an upload.
struct Job {
    number: u32,
    content: Content,
    request: Option<Request>,
}

/// A request that is under way, with the function that hears of it.
struct Request {
    request: web_sys::XmlHttpRequest,
    _heard: Closure<dyn FnMut(web_sys::ProgressEvent)>,
}

/// The files on their way.
#[derive(Clone, Copy)]
pub struct Uploads {
    list: RwSignal<Vec<Upload>>,
    next: StoredValue<u32>,
    /// Files belong to the browser's one thread: the place for them is made there only.
    jobs: StoredValue<Option<StoredValue<Vec<Job>, LocalStorage>>>,
    /// Counts how often all have arrived.
    settled: RwSignal<u32>,
    /// What became of the file that was imported last, and to which page it was sent.
    imported: RwSignal<Option<(String, ImportAnswer)>>,
    toasts: Toasts,
}

/// Makes [`Uploads::of_page`] work. After the toasts, by which it tells how things ended.
pub(crate) fn provide_uploads() {
    let jobs = StoredValue::new(None);
    // Effects run only in the browser.
    Effect::new(move || jobs.set_value(Some(StoredValue::new_local(Vec::new()))));
    provide_context(Uploads {
        list: RwSignal::default(),
        next: StoredValue::new(0),
        jobs,
        settled: RwSignal::new(0),
        imported: RwSignal::new(None),
        toasts: Toasts::of_page(),
    });
}

impl Uploads {
    /// The application's.
    ///
    /// # Panics
    /// Outside [`App`](crate::App).
    pub fn of_page() -> Self {
        expect_context()
    }

    /// Counts how often everything has arrived: when it changes, there may be new inputs.
    pub fn settled(self) -> Signal<u32> {
        self.settled.into()
    }

    /// What became of the file that was imported last, if it was sent to the page at `path`.
    pub fn imported(self, path: &str) -> Option<ImportAnswer> {
        self.imported
            .with(|last| last.as_ref().filter(|(sent, _)| sent == path).map(|(_, answer)| answer.clone()))
    }

    /// Sends something to `path`, as soon as there is room for it.
    pub fn add(self, path: &str, content: Content) {
        let Some(jobs) = self.jobs.get_value() else { return };
        let number = self.next.get_value();
        self.next.set_value(number.wrapping_add(1));
        let (name, size) = match &content {
            // Sizes of files are whole numbers, far within what an `f64` holds exactly.
            Content::File(file) | Content::Import(file) => (file.name(), file.size() as u64),
            Content::Text(text) => (beginning(text), text.len() as u64),
        };
        let is_import = matches!(content, Content::Import(_));
        let state = ArcRwSignal::new(State::Waiting);
        jobs.update_value(|jobs| jobs.push(Job { number, content, request: None }));
        self.list
            .update(|list| list.push(Upload { number, name, size, path: path.to_owned(), is_import, state }));
        self.start_waiting();
    }

    /// Sends what waits, as far as there is room.
    fn start_waiting(self) {
        let list = self.list.get_untracked();
        let state = |upload: &Upload| upload.state.get_untracked();
        let is_sent = |upload: &&Upload| matches!(state(upload), State::Sending(_) | State::Reading(..));
        let sending = list.iter().filter(is_sent).count();
        let waiting = list.iter().filter(|upload| state(upload) == State::Waiting);
        for upload in waiting.take(AT_ONCE.saturating_sub(sending)) {
            self.start(upload);
        }
    }

    fn start(self, upload: &Upload) {
        let Some(jobs) = self.jobs.get_value() else { return };
        let number = upload.number;
        let heard =
            Closure::<dyn FnMut(web_sys::ProgressEvent)>::new(move |event: web_sys::ProgressEvent| {
                self.hear(number, &event)
            });
        let content = jobs
            .with_value(|jobs| jobs.iter().find(|job| job.number == number).map(|job| job.content.clone()));
        let Some(content) = content else { return };
        match send(&upload.path, &content, &heard) {
            Ok(request) => {
                upload.state.set(State::Sending(0));
                let request = Some(Request { request, _heard: heard });
                jobs.update_value(|jobs| {
                    if let Some(job) = jobs.iter_mut().find(|job| job.number == number) {
                        job.request = request;
                    }
                });
            }
            Err(_) => upload.state.set(State::Failed("The browser could not read it.".to_owned())),
        }
    }

    /// What a request tells of itself.
    fn hear(self, number: u32, event: &web_sys::ProgressEvent) {
        let Some(upload) =
            self.list.with_untracked(|list| list.iter().find(|upload| upload.number == number).cloned())
        else {
            return;
        };
        let state = match event.type_().as_str() {
            "progress"
                if event
                    .current_target()
                    .is_some_and(|target| target.is_instance_of::<web_sys::XmlHttpRequest>()) =>
            {
                // It is the answer that comes in: of an import, how far it is.
                if let Some(ImportLine::Progress { through, of }) = self.last_line(number) {
                    upload.state.set(State::Reading(through, of));
                }
                return;
            }
            "progress" => {
                // What frames the file travels with it and is not counted.
                upload.state.set(State::Sending((event.loaded() as u64).min(upload.size)));
                return;
            }
            "load" => self.answer(&upload),
            kind => match (kind, upload.state.get_untracked()) {
                ("abort", State::Reading(through, of)) => State::Cancelled(Some((through, of))),
                ("abort", _) => State::Cancelled(None),
                (_, State::Reading(..)) => State::Failed(
                    "The connection was lost while it was read. What was imported until then stays.".into(),
                ),
                _ => State::Failed(UiError::Unavailable.to_string()),
            },
        };
        upload.state.set(state);
        // Not at once: this very function belongs to the request.
        set_timeout(move || self.forget_request(number), Duration::ZERO);
        self.start_waiting();
        self.settle();
    }

    /// How the server has answered a request.
    fn answer(self, upload: &Upload) -> State {
        let number = upload.number;
        match self.last_line(number) {
            Some(ImportLine::Done(answer)) => {
                self.imported.set(Some((upload.path.clone(), answer)));
                return State::Imported;
            }
            Some(ImportLine::Failed(error)) => return State::Failed(error.to_string()),
            Some(ImportLine::Progress { .. }) | None => {}
        }
        let text = self.request(number).and_then(|request| request.response_text().ok().flatten());
        match text.and_then(|text| serde_json::from_slice::<UploadAnswer>(text.as_bytes()).ok()) {
            Some(answer) => match answer.refused.into_iter().next() {
                Some(refused) => State::Failed(refused.message),
                None => State::Added(answer.same.into_iter().next().map(|same| same.there)),
            },
            None => State::Failed(UiError::Unavailable.to_string()),
        }
    }

    /// The last line of what has come in, if it is of an import.
    fn last_line(self, number: u32) -> Option<ImportLine> {
        let text = self.request(number)?.response_text().ok()??;
        let whole = text.get(..text.rfind('\n')?)?;
        serde_json::from_slice(whole.lines().next_back()?.as_bytes()).ok()
    }

    fn request(self, number: u32) -> Option<web_sys::XmlHttpRequest> {
        self.jobs.get_value()?.with_value(|jobs| {
            let job = jobs.iter().find(|job| job.number == number)?;
            job.request.as_ref().map(|request| request.request.clone())
        })
    }

    fn forget_request(self, number: u32) {
        let Some(jobs) = self.jobs.get_value() else { return };
        jobs.update_value(|jobs| {
            if let Some(job) = jobs.iter_mut().find(|job| job.number == number) {
                job.request = None;
            }
        });
    }

    /// Tells how it went once nothing is under way any more.
    fn settle(self) {
        let counts = untrack(|| self.counts());
        if counts.under_way == 0 {
            self.toasts.show(counts.sentence(), None);
            self.settled.update(|settled| *settled = settled.wrapping_add(1));
        }
    }

    fn counts(self) -> Counts {
        let mut counts = Counts::default();
        for upload in self.list.get() {
            counts.imports += usize::from(upload.is_import);
            match upload.state.get() {
                State::Waiting | State::Sending(_) | State::Reading(..) => counts.under_way += 1,
                State::Added(_) => counts.added += 1,
                State::Imported => counts.imported += 1,
                State::Failed(_) => counts.failed += 1,
                State::Cancelled(_) => counts.cancelled += 1,
            }
        }
        counts
    }

    fn cancel(self, upload: &Upload) {
        match self.request(upload.number) {
            // It is heard of in `hear`, as every end of a request.
            Some(request)
                if upload
                    .state
                    .with_untracked(|state| matches!(state, State::Sending(_) | State::Reading(..))) =>
            {
                // One that has just ended cannot be stopped, and needs not be.
                let _ = request.abort();
            }
            _ => {
                upload.state.set(State::Cancelled(None));
                self.settle();
            }
        }
    }

    fn retry(self, upload: &Upload) {
        upload.state.set(State::Waiting);
        self.start_waiting();
    }

    /// Takes what has ended off the list.
    fn clear(self) {
        self.imported.set(None);
        self.list.update(|list| list.retain(|upload| upload.state.with_untracked(State::is_under_way)));
        let left: Vec<u32> = self.list.with_untracked(|list| list.iter().map(|one| one.number).collect());
        if let Some(jobs) = self.jobs.get_value() {
            jobs.update_value(|jobs| jobs.retain(|job| left.contains(&job.number)));
        }
    }
}

/// Begins a request.
fn send(
    path: &str,
    content: &Content,
    heard: &Closure<dyn FnMut(web_sys::ProgressEvent)>,
) -> Result<web_sys::XmlHttpRequest, JsValue> {
    let form = web_sys::FormData::new()?;
    match content {
        Content::File(file) | Content::Import(file) => {
            form.append_with_blob_and_filename("file", file, &file.name())?;
        }
        Content::Text(text) => form.append_with_str("text", text)?,
    }
    let request = web_sys::XmlHttpRequest::new()?;
    let heard = heard.as_ref().unchecked_ref();
    request.upload()?.set_onprogress(Some(heard));
    let is_import = matches!(content, Content::Import(_));
    if is_import {
        request.set_onprogress(Some(heard));
    }
    request.set_onload(Some(heard));
    request.set_onerror(Some(heard));
    request.set_onabort(Some(heard));
    request.open("POST", path)?;
    request.set_request_header("accept", if is_import { IMPORT_LINES } else { "application/json" })?;
    request.send_with_opt_form_data(Some(&form))?;
    Ok(request)
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    under_way: usize,
    added: usize,
    imported: usize,
    failed: usize,
    cancelled: usize,
    /// How many of all are files to be imported.
    imports: usize,
}

impl Counts {
    fn all(self) -> usize {
        self.under_way + self.added + self.imported + self.failed + self.cancelled
    }

    /// How it stands, such as "3 of 5 added, 1 failed."
    fn sentence(self) -> String {
        let mut parts = Vec::new();
        for (count, of, what) in
            [(self.added, self.all() - self.imports, "added"), (self.imported, self.imports, "imported")]
        {
            if of > 0 {
                parts.push(format!("{count} of {of} {what}"));
            }
        }
        for (count, what) in [(self.failed, "failed"), (self.cancelled, "cancelled")] {
            if count > 0 {
                parts.push(format!("{count} {what}"));
            }
        }
        format!("{}.", parts.join(", "))
    }
}

/// The list of files on their way, on every page while there are any.
#[component]
pub(crate) fn UploadList() -> impl IntoView {
    let uploads = Uploads::of_page();
    let rows = move || uploads.list.get().into_iter().map(|upload| row(uploads, upload)).collect_view();
    view! {
        <Show when=move || uploads.list.with(|list| !list.is_empty())>
            <aside class="uploads" aria-label="Uploads">
                <details open=true>
                    <summary>{move || uploads.counts().sentence()}</summary>
                    // A long one scrolls, and nothing in it need take the focus: so it does itself.
                    <ul role="list" tabindex="0" aria-label="Files">{rows}</ul>
                    <p class="actions">
                        <Button look=Look::Quiet on_press=move |_| uploads.clear()>"Clear what has ended"</Button>
                    </p>
                </details>
            </aside>
        </Show>
    }
}

fn row(uploads: Uploads, upload: Upload) -> AnyView {
    let name = upload.name.clone();
    let of = upload.clone();
    let state = move || progress(&of);
    let buttons = move || buttons(uploads, &upload);
    view! {
        <li class="upload">
            <span class="upload-name">{name}</span>
            {state}
            <span class="row-actions">{buttons}</span>
        </li>
    }
    .into_any()
}

fn progress(upload: &Upload) -> AnyView {
    match upload.state.get() {
        State::Waiting => view! { <span class="soft">"Waiting"</span> }.into_any(),
        State::Sending(sent) => {
            let words = if sent < upload.size {
                format!("{} of {} kB", sent / 1_000, upload.size.div_ceil(1_000))
            } else {
                "Sent, being read".to_owned()
            };
            let label = format!("Upload of {}", upload.name);
            view! {
                <progress
                    aria-label=label
                    max=upload.size.max(1).to_string()
                    value=sent.to_string()
                />
                <span class="soft">{words}</span>
            }
            .into_any()
        }
        State::Reading(through, of) => {
            let label = format!("Import of {}", upload.name);
            view! {
                <progress aria-label=label max=of.max(1).to_string() value=through.to_string() />
                <span class="soft">{format!("{through} of {of} inputs read")}</span>
            }
            .into_any()
        }
        State::Imported => view! {
            <span class="soft"><Icon sign=Sign::Check />" Imported: what became of it stands on its page"</span>
        }
        .into_any(),
        State::Added(same) => {
            let words =
                same.map_or_else(|| "Added".to_owned(), |there| format!("Added; the same as {there}"));
            view! { <span class="soft"><Icon sign=Sign::Check />" "{words}</span> }.into_any()
        }
        State::Failed(why) => view! {
            <span class="field-error"><Icon sign=Sign::Warning /><span><Prose text=why /></span></span>
        }
        .into_any(),
        State::Cancelled(after) => {
            let after = after.map(|(through, of)| format!(" after about {through} of {of} inputs, which stay"));
            view! { <span class="soft">"Cancelled" {after}</span> }.into_any()
        }
    }
}

fn buttons(uploads: Uploads, upload: &Upload) -> AnyView {
    let of = upload.clone();
    let name = view! { <span class="visually-hidden">" " {upload.name.clone()}</span> };
    match upload.state.get() {
        State::Waiting | State::Sending(_) | State::Reading(..) => view! {
            <button type="button" class="button is-quiet is-small" on:click=move |_| uploads.cancel(&of)>
                "Cancel" {name}
            </button>
        }
        .into_any(),
        State::Failed(_) | State::Cancelled(_) => view! {
            <button type="button" class="button is-quiet is-small" on:click=move |_| uploads.retry(&of)>
                "Try again" {name}
            </button>
        }
        .into_any(),
        State::Added(_) | State::Imported => ().into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_told_in_one_sentence() {
        let counts = Counts { under_way: 1, added: 3, failed: 1, ..Counts::default() };
        assert_eq!(counts.sentence(), "3 of 5 added, 1 failed.");
        let importing = Counts { under_way: 1, imports: 1, ..Counts::default() };
        assert_eq!(importing.sentence(), "0 of 1 imported.");
        let both = Counts { under_way: 1, added: 2, imported: 1, imports: 2, ..Counts::default() };
        assert_eq!(both.sentence(), "2 of 2 added, 1 of 2 imported.");
    }
}
