//! What is counted of what happens here, for whoever watches over it. Nothing that tells of a person, and nothing of
//! which there are ever more: endpoints and outcomes.

use atelier_domain::{Cause, Endpoint};
use metrics::{Gauge, counter, gauge};

/// Counts a decision that was made about `endpoint`: a permit, or the cause of a refusal.
pub(crate) fn decided(endpoint: Endpoint, cause: Option<&Cause>) {
    counter!("atelier_decisions_total", "endpoint" => endpoint.rpc(), "outcome" => cause.map_or("permitted", outcome))
        .increment(1);
}

/// Counts that nobody was known to be asking.
pub(crate) fn not_known(endpoint: Endpoint) {
    counter!("atelier_decisions_total", "endpoint" => endpoint.rpc(), "outcome" => "not_known").increment(1);
}

fn outcome(cause: &Cause) -> &'static str {
    match cause {
        Cause::NotFound => "not_found",
        Cause::GrantEnded(_) => "grant_ended",
        Cause::KeyEnded(_) => "key_ended",
        Cause::WrongCredential(_) => "wrong_credential",
        Cause::BoundElsewhere => "bound_elsewhere",
        Cause::MissingScopes { .. } => "missing_scopes",
        Cause::EndpointNotListed { .. } => "endpoint_not_listed",
        Cause::OfWhole { .. } => "of_whole",
        Cause::SomeoneElses => "someone_elses",
        Cause::PasswordTooOld => "password_too_old",
    }
}

/// Counts an attempt to sign in.
pub(crate) fn signed_in(outcome: &'static str) {
    counter!("atelier_sign_ins_total", "outcome" => outcome).increment(1);
}

/// Counts the inputs of a request as being added, until it is dropped.
pub(crate) struct Adding {
    inputs: Gauge,
    count: f64,
}

impl Adding {
    pub(crate) fn begin(count: usize) -> Self {
        let (inputs, count) =
            (gauge!("atelier_inputs_being_added"), f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
        inputs.increment(count);
        Self { inputs, count }
    }
}

impl Drop for Adding {
    fn drop(&mut self) {
        self.inputs.decrement(self.count);
    }
}
