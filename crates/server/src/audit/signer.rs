//! Verifies the audit list and signs the end of its chain once a day, while the server runs.

use std::time::Duration;

use atelier_service::Service;
use atelier_service::audit::{AuditKey, Signed};
use tokio_util::sync::CancellationToken;

/// How often it is looked whether another day has begun: clocks are put right, and machines sleep.
const PAUSE: Duration = Duration::from_secs(60);

/// Signs until `stop` is cancelled. The log says what was signed, so that it is kept outside of the database, too.
pub(crate) async fn run(service: Service, key: AuditKey, stop: CancellationToken) {
    loop {
        // A long list is verified again by the next server rather than waited for.
        let Some(signed) = stop.run_until_cancelled(service.sign_audit_root(&key)).await else { return };
        match signed {
            Ok(Some(Signed { root, found })) => {
                if let Some(fault) = found.faults.first() {
                    tracing::error!(
                        audit.fault = %fault,
                        "the audit list is not as it was written: `atelier audit verify` tells all"
                    );
                }
                tracing::info!(
                    audit.root = %root.link,
                    audit.public_key = %root.public_key,
                    audit.signature = %root.signature,
                    "signed the audit list's root of today"
                );
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "could not sign the audit list's root"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}
