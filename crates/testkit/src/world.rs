//! Time that stands still and randomness that repeats itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use atelier_domain::Timestamp;
use atelier_service::{Clock, Entropy};
use sha2::{Digest as _, Sha256};

/// A clock that stands still until it is moved.
#[derive(Clone, Debug)]
pub struct SteppedClock(Arc<AtomicI64>);

impl Default for SteppedClock {
    /// Noon of the first day of 2026, UTC.
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(1_767_268_800_000_000)))
    }
}

impl SteppedClock {
    /// Moves it `span` microseconds on.
    pub fn advance(&self, span: i64) {
        self.0.fetch_add(span, Ordering::SeqCst);
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Randomness that repeats itself: SHA-256 in counter mode.
#[derive(Clone, Debug, Default)]
pub struct SeededEntropy(Arc<AtomicU64>);

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let count = self.0.fetch_add(1, Ordering::SeqCst);
            let block = Sha256::digest(count.to_le_bytes());
            chunk.iter_mut().zip(block).for_each(|(byte, random)| *byte = random);
        }
    }
}
