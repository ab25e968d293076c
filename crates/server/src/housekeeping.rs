//! What is tidied up while the server runs.

use std::time::Duration;

use atelier_service::{Result, Service};
use tokio_util::sync::CancellationToken;

/// How often.
const PERIOD: Duration = Duration::from_secs(3_600);

/// How often it is looked for what others have left half done.
const LOOK: Duration = Duration::from_secs(60);

/// After how long it is looked for something new to embed, to suggest or to train.
const REST: Duration = Duration::from_secs(1);

/// Goes on with what a server that was killed or stopped had begun to do to many inputs, once at the start and every minute
/// from then on, until `stop`.
pub(crate) async fn go_on(service: Service, stop: CancellationToken) {
    let mut minutes = tokio::time::interval(LOOK);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = minutes.tick() => {}
        }
        match service.go_on_with_batches().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(batches.count = count, "went on with what another server had begun"),
            Err(error) => tracing::warn!(%error, "could not look for what was left half done"),
        }
    }
}

/// Embeds the inputs that wait for it, until `stop`: as many as there are, and then those that come.
pub(crate) async fn embed(service: Service, stop: CancellationToken) {
    work_off(&stop, "could not embed inputs that wait for it", || service.embed_some()).await;
}

/// Has models tell what they find in the inputs of the tasks in which they help, until `stop`.
pub(crate) async fn suggest(service: Service, stop: CancellationToken) {
    work_off(&stop, "could not suggest what is there in inputs of a task", || service.suggest_some()).await;
}

/// Does a part of some work as long as there is any, and looks for it after a rest, until `stop`. A part answers how much it was.
async fn work_off<F>(stop: &CancellationToken, failed: &'static str, part: impl Fn() -> F)
where
    F: Future<Output = Result<usize>>,
{
    while !stop.is_cancelled() {
        let pause = match part().await {
            Ok(0) => REST,
            Ok(_) => continue,
            Err(error) => {
                tracing::warn!(%error, "{failed}");
                LOOK
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Trains the models that wait for it, one after the other, until `stop`. What it is at then is taken up again by whichever
/// server has time for it.
pub(crate) async fn train(service: Service, stop: CancellationToken) {
    loop {
        let trained = tokio::select! {
            () = stop.cancelled() => return,
            trained = service.train_next() => trained,
        };
        let pause = match trained {
            Ok(true) => continue,
            Ok(false) => REST,
            Err(error) => {
                tracing::warn!(%error, "could not train a model that waits for it");
                LOOK
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = service.training_begins(pause) => {}
        }
    }
}

/// Tidies up once at the start and every hour from then on, until `stop`. What fails is tried again the next time.
pub(crate) async fn run(service: Service, stop: CancellationToken) {
    let mut hours = tokio::time::interval(PERIOD);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = hours.tick() => {}
        }
        if let Err(error) = service.forget_limits().await {
            tracing::warn!(%error, "could not take away limits that are over");
        }
        if let Err(error) = service.forget_pending_sign_ins().await {
            tracing::warn!(%error, "could not take away sign-ins that waited in vain");
        }
        if let Err(error) = service.forget_visits().await {
            tracing::warn!(%error, "could not take away visits to providers that took too long");
        }
        if let Err(error) = service.forget_passkey_challenges().await {
            tracing::warn!(%error, "could not take away what passkeys were asked to sign and did not");
        }
        match service.retire_ended().await {
            Ok(0) => {}
            Ok(count) => {
                tracing::info!(inputs.count = count, "gave back what people whose access ended had to label")
            }
            Err(error) => tracing::warn!(%error, "could not look for people in tasks whose access ended"),
        }
        match service.complete_abandoned_jobs().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(jobs.count = count, "completed jobs that a killed server had left"),
            Err(error) => tracing::warn!(%error, "could not look for jobs that were left"),
        }
    }
}
