//! What computes for long: passwords that are hashed, pictures that are read.

use tokio::sync::oneshot;

/// By how much these threads are nicer than the server, on Linux's scale up to 19: as long as a thread that answers requests
/// has something to do, each gets about a tenth of what that one gets, and everything otherwise.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// What computed gave up on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what was computed gave up")]
pub(crate) struct GaveUp;

/// Does `work` on a thread of its own, which gives way to those that answer requests: whoever signs in or sends a picture
/// waits for those who read, and not the other way round.
///
/// The thread is made for it, which takes a thousandth of the time that it is made for. How many there are at once is for
/// those who ask to limit.
///
/// # Errors
/// When it panics, or there are no more threads to be had.
pub(crate) async fn compute<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, GaveUp> {
    let (done, told) = oneshot::channel();
    let computed = move || {
        give_way();
        // Whoever asked may have left.
        let _ = done.send(work());
    };
    std::thread::Builder::new().name("computing".into()).spawn(computed).map_err(|_| GaveUp)?;
    told.await.map_err(|_| GaveUp)
}

/// Lets this thread come after others. Elsewhere than on Linux that would be said of the whole server.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICE) {
        tracing::warn!(%error, "what computes for long cannot give way to those who answer requests");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_answer_is_that_of_the_work() {
        assert_eq!(compute(|| 6 * 7).await, Ok(42));
    }

    #[tokio::test]
    async fn work_that_panics_gives_up_and_nothing_else_does() {
        assert_eq!(compute(|| panic!("on purpose")).await, Err::<(), _>(GaveUp));
        assert_eq!(compute(|| 1).await, Ok(1));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn only_the_thread_that_computes_gives_way() {
        let priority = || rustix::process::getpriority_process(None).expect("Linux tells it");
        let before = priority();
        assert_eq!(compute(priority).await, Ok((before + NICE).min(19)));
        assert_eq!(priority(), before);
    }
}
