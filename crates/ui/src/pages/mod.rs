//! One file for each page, named after its address.

pub mod account;
pub mod account_passkeys;
pub mod account_second_factor;
pub mod alike;
pub mod app;
pub mod app_api;
pub mod app_settings;
pub mod apps;
pub mod apps_new;
pub mod audit;
pub mod collaborations;
pub mod collaborators;
pub mod collaborators_access;
pub mod collaborators_add;
pub mod collaborators_dialogs;
pub mod collaborators_edit;
pub mod collaborators_filters;
pub mod collaborators_layers;
pub mod collaborators_matrix;
pub mod collaborators_people;
pub mod collaborators_remove;
pub mod collaborators_tree;
pub mod collector;
pub mod collectors;
pub mod concept;
pub mod concepts;
pub mod dataset;
pub mod dataset_import;
pub mod dataset_versions;
pub mod datasets;
pub mod duplicates;
pub mod input;
pub mod input_history;
pub mod inputs;
pub mod inputs_add;
pub mod inputs_batches;
pub mod inputs_chosen;
pub mod inputs_filters;
pub mod inputs_scrolled;
pub mod inputs_shown;
pub mod inputs_stretch;
pub mod inputs_views;
pub mod invitation_token;
pub mod key;
pub mod key_new;
pub mod keys;
pub mod landing;
pub mod leaked;
pub mod model;
pub mod model_filter;
pub mod model_new;
pub mod model_predict;
mod model_sharing;
pub mod model_training;
pub mod model_upload;
pub mod model_version;
pub mod models;
pub mod not_found;
pub mod reset;
pub mod reset_token;
pub mod sign_in;
pub mod sign_in_connect;
pub mod sign_in_second_factor;
pub mod sign_in_stopped;
pub mod sign_up;
pub mod sign_up_token;
pub mod task;
pub mod task_new;
pub mod task_progress;
pub mod task_work;
pub mod tasks;
pub mod verify_token;
pub mod vocab;
pub mod vocabs;
pub mod workflow;
pub mod workflow_edit;
pub mod workflows;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// The hidden field that carries the token of the page's address into its form.
#[component]
fn TokenField() -> impl IntoView {
    send_no_referrer();
    let params = use_params_map();
    view! { <input type="hidden" name="token" value=move || params.read().get("token").unwrap_or_default() /> }
}

/// The owner and the app that the page's address names.
pub fn app_in_address() -> Memo<(String, String)> {
    let params = use_params_map();
    let part = move |name| params.with(|params| params.get(name).unwrap_or_default());
    Memo::new(move |_| (part("owner"), part("app")))
}

/// The owner and the app that the page's address names, and what of that app its part `name` does.
fn thing_in_address(name: &'static str) -> Memo<(String, String, String)> {
    let params = use_params_map();
    let part = move |name| params.with(|params| params.get(name).unwrap_or_default());
    Memo::new(move |_| (part("owner"), part("app"), part(name)))
}

/// Where the page's part of a long list begins; at the top, if its address says nothing.
fn cursor_in_address() -> Memo<Option<String>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get("before")))
}

/// Gives the page that is being rendered an HTTP status. In the browser there is none to give.
pub fn set_status(status: u16) {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(status) = http::StatusCode::from_u16(status)
    {
        response.set_status(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

/// Keeps the page's address, which holds a secret, out of the requests that follow from it.
fn send_no_referrer() {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.insert_header(http::header::REFERRER_POLICY, http::HeaderValue::from_static("no-referrer"));
    }
}
