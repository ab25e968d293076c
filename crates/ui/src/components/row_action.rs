//! What can be done with one thing of a list.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    components::{
        button::{Look, SubmitButton},
        error_summary::ErrorSummary,
    },
    error::UiError,
    form::{Form, PostForm},
};

/// A form in a row that is one quiet button: `does`, to `what`, which only screen readers say, since the row shows it.
pub fn row_action<S>(form: Form<S>, fields: AnyView, does: &'static str, what: String) -> AnyView
where
    S: ServerFn<Error = UiError, Output = ()> + 'static,
{
    view! {
        <PostForm form class="row-form">
            <ErrorSummary />
            {fields}
            <SubmitButton look=Look::Quiet>
                {does} <span class="visually-hidden">" " {what}</span>
            </SubmitButton>
        </PostForm>
    }
    .into_any()
}
