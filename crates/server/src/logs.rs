//! Log lines: sentences with dotted fields. Nothing that is a secret, and at the usual levels no e-mail address.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// What is logged where nobody says otherwise.
const USUAL: &str = "info,sqlx=warn,hyper=warn";

/// Logs for people on a terminal, as JSON elsewhere. `ATELIER_LOG` says how much.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_env("ATELIER_LOG").unwrap_or_else(|_| USUAL.into());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        builder.compact().init();
    } else {
        builder.json().init();
    }
}

#[cfg(test)]
mod tests;
