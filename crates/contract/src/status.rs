//! Status codes: the closed table of the wire, with a sentence and an HTTP status for each code.

use std::borrow::Cow;

use http::StatusCode as Http;

use crate::proto::status::Status;
use crate::schema;

pub use crate::proto::status::StatusCode;

impl StatusCode {
    /// Every code once, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        let mut seen = std::collections::HashSet::new();
        schema::status_code()
            .values()
            .filter_map(|value| Self::try_from(value.number()).ok())
            .filter(move |code| seen.insert(*code))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> i32 {
        self.into()
    }

    /// The sentence that goes with the code. Those that our answers carry are worded; the others say their name.
    #[must_use]
    pub fn description(self) -> Cow<'static, str> {
        match self.sentence() {
            Some(sentence) => Cow::Borrowed(sentence),
            None => Cow::Owned(spoken(self.as_str_name())),
        }
    }

    fn sentence(self) -> Option<&'static str> {
        Some(match self {
            Self::Success => "Ok",
            Self::MixedStatus => "Some of it worked, some did not",
            Self::Failure => "Nothing of it worked",
            Self::TryAgain => "Not now; try again later",
            Self::NotImplemented => "This is not offered here",
            Self::ConnCredentialsInvalid => "The credentials are not valid",
            Self::ConnThrottled => "Too many requests; slow down",
            Self::ConnExceedsLimits => "The request goes beyond a limit",
            Self::ConnInsufficientScopes => "The scopes do not allow this",
            // Clients look for this very text.
            Self::ConnKeyInvalid => "Invalid API key or Invalid API key/application pair",
            Self::ConnKeyNotFound => "There is no such key",
            Self::ConnBadRequestFormat => "The request cannot be read",
            Self::ConnDoesNotExist => "Resource does not exist",
            Self::ConnInvalidRequest => "Invalid request",
            Self::ConnMethodNotAllowed => "This address does not take this method",
            Self::ConceptsInvalidRequest => "Invalid request",
            Self::InputSuccess => "The input is ready",
            Self::InputPending => "The input is waiting to be processed",
            Self::InputInProgress => "The input is being processed",
            Self::InputFailed => "The input could not be processed",
            Self::InputDuplicate => "The input is there already",
            Self::InputUnsupportedFormat => "The input is of a kind that is not supported",
            Self::InputDoesNotExist => "The input does not exist",
            Self::InputPermissionDenied => "The input is not open to you",
            Self::InputInvalidUrl => "The input's address is not valid",
            Self::AnnotationSuccess => "The annotation is done",
            Self::AnnotationPending => "The annotation is waiting to be processed",
            Self::AnnotationPermissionDenied => "The annotation is not open to you",
            Self::AnnotationAwaitingReview => "The annotation is waiting for a review",
            Self::AnnotationReviewDenied => "The annotation was refused in review",
            Self::DatasetVersionReady => "The version is ready",
            Self::DatasetVersionConflict => "There is a version of this id already",
            Self::ModelTrained => "The model is trained",
            Self::ModelTraining => "The model is being trained",
            Self::ModelUntrained => "The model is not trained",
            Self::ModelQueuedForTraining => "The model waits to be trained",
            Self::ModelTrainingFailed => "The training failed",
            Self::ModelTrainingNoData => "There is nothing to learn from",
            Self::ModelTrainingNoPositives => "Nothing is said with the concepts that are to be learned",
            Self::ModelTrainingOneVsNSingleClass => "There is nothing to tell one concept from",
            Self::ModelTrainingInsufficientData => "There is too little to learn from",
            Self::ModelTrainingTimedOut => "The training was given up",
            Self::ModelTrainingUnknownError => "Something went wrong on our side while the model was trained",
            Self::ModelEvaluated => "The model is evaluated",
            Self::ModelPermissionDenied => "The model is not open to you",
            Self::WorkflowPermissionDenied => "The workflow is not open to you",
            Self::TaskPermissionDenied => "The task is not open to you",
            Self::RpcMaxMessageSizeExceeded => "The request is too large",
            Self::InternalUncategorized => "Something went wrong on our side",
            _ => return None,
        })
    }

    /// The HTTP status with which REST answers a request that went this way.
    #[must_use]
    pub fn http_status(self) -> Http {
        match self {
            Self::MixedStatus => Http::MULTI_STATUS,
            Self::Accepted => Http::ACCEPTED,
            Self::Failure | Self::ConceptsInvalidRequest => Http::BAD_REQUEST,
            Self::TryAgain
            | Self::ModelBusyPleaseRetry
            | Self::RequestDisabledForMaintenance
            | Self::InputWritesDisabledForMaintenance => Http::SERVICE_UNAVAILABLE,
            Self::NotImplemented | Self::TaskNotImplemented | Self::RpcUnknownMethod => Http::NOT_IMPLEMENTED,
            Self::Teapot => Http::IM_A_TEAPOT,
            Self::ConnTokenInvalid
            | Self::ConnCredentialsInvalid
            | Self::ConnKeyInvalid
            | Self::ConnKeyNotFound
            | Self::AuthMissingIdpAssoc => Http::UNAUTHORIZED,
            Self::ConnExceedHourlyLimit
            | Self::ConnExceedMonthlyLimit
            | Self::ConnThrottled
            | Self::ConnExceedsLimits => Http::TOO_MANY_REQUESTS,
            Self::ConnAccountIssues
            | Self::ConnInsufficientScopes
            | Self::ConnNoGdprConsent
            | Self::ConnAuthMethodDisabled
            | Self::FeatureflagBlocked => Http::FORBIDDEN,
            Self::ConnBadRequestFormat | Self::BadRequest => Http::BAD_REQUEST,
            Self::ConnMethodNotAllowed => Http::METHOD_NOT_ALLOWED,
            Self::RpcMaxMessageSizeExceeded => Http::PAYLOAD_TOO_LARGE,
            Self::RpcRequestTimeout | Self::InternalUnexpectedTimeout => Http::GATEWAY_TIMEOUT,
            Self::Zero | Self::ServerError => Http::INTERNAL_SERVER_ERROR,
            _ => by_name(self.as_str_name()),
        }
    }

    /// A [`Status`] with this code and its sentence.
    #[must_use]
    pub fn status(self) -> Status {
        Status { code: self.number(), description: self.description().into_owned(), ..Status::default() }
    }
}

/// The HTTP status that the name of a code suggests. The names are regular, so that the hundreds of codes which we
/// hand out only as part of a resource, if ever, need no table.
fn by_name(name: &str) -> Http {
    const SUGGESTIONS: &[(&str, Http)] = &[
        ("INTERNAL_", Http::INTERNAL_SERVER_ERROR),
        ("DATABASE_", Http::INTERNAL_SERVER_ERROR),
        ("QUEUE_", Http::INTERNAL_SERVER_ERROR),
        ("DOES_NOT_EXIST", Http::NOT_FOUND),
        ("NOT_FOUND", Http::NOT_FOUND),
        ("TASK_MISSING", Http::NOT_FOUND),
        ("PERMISSION_DENIED", Http::FORBIDDEN),
        ("DUPLICATE", Http::CONFLICT),
        ("CONFLICT", Http::CONFLICT),
        ("OVER_LIMIT", Http::TOO_MANY_REQUESTS),
        ("INVALID", Http::BAD_REQUEST),
        ("UNSUPPORTED", Http::BAD_REQUEST),
        ("UNCATEGORIZED", Http::INTERNAL_SERVER_ERROR),
        ("ERROR", Http::INTERNAL_SERVER_ERROR),
        ("FAILURE", Http::INTERNAL_SERVER_ERROR),
        ("FAILED", Http::INTERNAL_SERVER_ERROR),
    ];
    // What is left says how far something is, and that is a fine answer.
    SUGGESTIONS.iter().find(|(part, _)| name.contains(part)).map_or(Http::OK, |(_, status)| *status)
}

/// `MODEL_DOES_NOT_EXIST` as "Model does not exist".
fn spoken(name: &str) -> String {
    let words = name.to_ascii_lowercase().replace('_', " ");
    match words.split_at_checked(1) {
        Some((first, rest)) => first.to_ascii_uppercase() + rest,
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_and_says_something() {
        let codes: Vec<StatusCode> = StatusCode::all().collect();
        assert_eq!(codes.len(), 425, "429 names, four of which are second names");
        for code in codes {
            assert_eq!(StatusCode::try_from(code.number()), Ok(code));
            assert!(!code.description().is_empty(), "{code:?}");
        }
    }

    #[test]
    fn the_codes_that_matter_have_a_fitting_http_status() {
        for (number, http) in [
            (10000, 200),
            (10010, 207),
            (10040, 501),
            (11002, 401),
            (11005, 429),
            (11007, 403),
            (11008, 401),
            (11009, 401),
            (11100, 400),
            (11101, 404),
            (11102, 400),
            (11103, 405),
            (21201, 403),
            (22103, 403),
            (24150, 200),
            (24156, 403),
            (24157, 200),
            (30000, 200),
            (30001, 200),
            (30002, 500),
            (30100, 409),
            (30102, 404),
            (30103, 403),
            (40003, 400),
            (40033, 413),
            (54103, 403),
            (98006, 500),
            (99009, 500),
        ] {
            let code = StatusCode::try_from(number).expect("in the table");
            assert_eq!(code.http_status().as_u16(), http, "{code:?}");
        }
    }

    #[test]
    fn clients_find_the_texts_that_they_look_for() {
        assert_eq!(StatusCode::ConnDoesNotExist.description(), "Resource does not exist");
        assert_eq!(StatusCode::ModelDoesNotExist.description(), "Model does not exist");
        let status = StatusCode::ConnKeyInvalid.status();
        assert_eq!(
            (status.code, status.description.as_str()),
            (11008, "Invalid API key or Invalid API key/application pair")
        );
    }
}
