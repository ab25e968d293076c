//! A running Atelier for tests: on either database, with a clock that stands still until it is moved and randomness
//! that repeats itself.
//!
//! Tests of behaviour are written once, as an async function over a [`Bench`], and [`on_both_databases!`] makes two
//! tests of each. PostgreSQL is expected at `ATELIER_TEST_POSTGRES`, where `cargo xtask test` starts one.

mod bench;
pub mod codes;
pub mod errors;
pub mod onnx;
pub mod passkeys;
pub mod people;
pub mod pictures;
pub mod provider;
pub mod sharing;
pub mod texts;
pub mod topics;
mod world;

pub use bench::{Bench, Database, fresh_postgres};
pub use codes::CodeApp;
pub use people::Person;
pub use world::{SeededEntropy, SteppedClock};

/// Makes a test on SQLite and one on PostgreSQL of each named async function over a [`Bench`].
#[macro_export]
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[test]
                fn $name() {
                    $crate::Bench::run($crate::Database::Sqlite, super::$name);
                }
            )+
        }
        mod postgres {
            $(
                #[test]
                fn $name() {
                    $crate::Bench::run($crate::Database::Postgres, super::$name);
                }
            )+
        }
    };
}
