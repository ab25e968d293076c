//! What pages load, followed with the requests that they are made for.

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use tracing::Instrument as _;

/// Runs what pages load as what it is done for. Without this it would run as nobody's.
struct Followed;

impl CustomExecutor for Followed {
    fn spawn(&self, future: PinnedFuture<()>) {
        tokio::spawn(future.in_current_span());
    }

    fn spawn_local(&self, future: PinnedLocalFuture<()>) {
        tokio::task::spawn_local(future.in_current_span());
    }

    fn poll_local(&self) {}
}

/// Has what pages load followed from now on: to be called before the first page is made.
pub(crate) fn follow_pages() {
    // Somebody was first only where pages were made already, and then they go on as they were.
    let _ = Executor::init_custom_executor(Followed);
}
