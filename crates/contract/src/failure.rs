//! A refusal or failure, as a handler returns it.

use std::borrow::Cow;

use crate::json::Unreadable;
use crate::proto::status::{Status, StatusCode};

/// Why a request was not answered. It travels in the `status` of the answer, over REST and gRPC alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    code: StatusCode,
    description: Cow<'static, str>,
    details: Option<String>,
    http: Option<http::StatusCode>,
}

impl Failure {
    /// A failure with this code and the code's own sentence.
    #[must_use]
    pub fn new(code: StatusCode) -> Self {
        Self { code, description: code.description(), details: None, http: None }
    }

    /// What was asked for is not there, or not for the caller to know of (11101).
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::ConnDoesNotExist)
    }

    /// The request cannot be read: `details` says where and why (11100).
    #[must_use]
    pub fn unreadable(details: impl Into<String>) -> Self {
        Self::new(StatusCode::ConnBadRequestFormat).details(details)
    }

    /// The request can be read, but asks for something impossible: `details` says what (11102).
    #[must_use]
    pub fn invalid(details: impl Into<String>) -> Self {
        Self::new(StatusCode::ConnInvalidRequest).details(details)
    }

    /// The caller's scopes do not reach: `details` lists what is missing (11007).
    #[must_use]
    pub fn insufficient_scopes(details: impl Into<String>) -> Self {
        Self::new(StatusCode::ConnInsufficientScopes).details(details)
    }

    /// The key is missing, unknown, or not for this app (11008).
    #[must_use]
    pub fn invalid_key() -> Self {
        Self::new(StatusCode::ConnKeyInvalid)
    }

    /// The endpoint is known, but not served (10040).
    #[must_use]
    pub fn not_implemented() -> Self {
        Self::new(StatusCode::NotImplemented)
    }

    /// Too many requests (11005).
    #[must_use]
    pub fn throttled() -> Self {
        Self::new(StatusCode::ConnThrottled)
    }

    /// Something broke; `id` is what the log knows it by, and all that the caller learns (99009).
    #[must_use]
    pub fn internal(id: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::InternalUncategorized).details(format!("the log knows it as {id}"))
    }

    /// The same, with another sentence.
    #[must_use]
    pub fn description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = description.into();
        self
    }

    /// The same, saying what exactly was wrong.
    #[must_use]
    pub fn details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }

    /// The same, over REST with another HTTP status than the code's own.
    #[must_use]
    pub fn http(mut self, status: http::StatusCode) -> Self {
        self.http = Some(status);
        self
    }

    /// What happened.
    #[must_use]
    pub fn code(&self) -> StatusCode {
        self.code
    }

    /// The HTTP status of the answer over REST.
    #[must_use]
    pub fn http_status(&self) -> http::StatusCode {
        self.http.unwrap_or_else(|| self.code.http_status())
    }
}

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        Self {
            code: failure.code.number(),
            description: failure.description.into_owned(),
            details: failure.details.unwrap_or_default(),
            ..Self::default()
        }
    }
}

impl From<Unreadable> for Failure {
    fn from(unreadable: Unreadable) -> Self {
        Self::unreadable(unreadable.to_string())
    }
}
