//! Log lines: sentences with dotted fields. Nothing that is a secret, and at the usual levels no e-mail address.

use std::io::IsTerminal as _;

use tracing::Subscriber;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::traces::Traces;

/// What is logged where nobody says otherwise.
pub(crate) const USUAL: &str = "info,sqlx=warn,hyper=warn";

/// Logs for people on a terminal, as JSON elsewhere. `ATELIER_LOG` says how much. What is followed goes to `traces`.
pub(crate) fn start(traces: Option<&Traces>) {
    let filter = EnvFilter::try_from_env("ATELIER_LOG").unwrap_or_else(|_| USUAL.into());
    subscriber(std::io::stderr, std::io::stderr().is_terminal(), filter, traces).init();
}

/// Writes what `filter` lets through, and hands what is followed to `traces`: neither hears what is for the other.
pub(crate) fn subscriber<W>(
    writer: W,
    is_for_people: bool,
    filter: EnvFilter,
    traces: Option<&Traces>,
) -> impl Subscriber + Send + Sync + use<W>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines = if is_for_people { lines.compact().boxed() } else { lines.json().boxed() };
    tracing_subscriber::registry().with(lines.with_filter(filter)).with(traces.map(Traces::layer))
}

#[cfg(test)]
mod tests;
