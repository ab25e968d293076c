//! What has to be done from time to time, whether or not anybody asks for anything.

use std::time::Duration;

use atelier_service::Service;
use tokio_util::sync::CancellationToken;

/// How often.
const EVERY: Duration = Duration::from_secs(600);

/// Does it, again and again, until it is told to stop.
pub(crate) async fn run(service: Service, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        match service.complete_abandoned_jobs().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(jobs.count = count, "completed jobs that a killed server had left"),
            Err(error) => tracing::warn!(%error, "could not look for jobs that were left"),
        }
    }
}
