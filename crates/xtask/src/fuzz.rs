//! Making up what strangers can send, and watching that nothing of it crashes.

use std::ffi::OsString;

use crate::{
    command::{Outcome, is_installed, run, step},
    paths::Paths,
};

/// The programs in `crates/fuzz`.
const TARGETS: [&str; 6] = ["values", "json", "rest", "query", "grpc", "multipart"];

/// For how long each runs, unless it is said.
const SECONDS: u64 = 120;

/// Runs every program for the seconds that are asked for, and stops at the first that finds something; what it found
/// lies in `target/fuzz` then.
pub(crate) fn fuzz(paths: &Paths, arguments: &[OsString]) -> Outcome {
    let seconds = match arguments {
        [] => SECONDS,
        [seconds] => seconds
            .to_str()
            .and_then(|seconds| seconds.parse().ok())
            .ok_or("say for how many seconds each program is to run, or nothing")?,
        _ => return Err("say one number of seconds, or nothing".to_owned()),
    };
    if !is_installed("cargo-fuzz") {
        step("cargo-fuzz", || run(paths.cargo().args(["install", "cargo-fuzz", "--locked"])))?;
    }
    for target in TARGETS {
        let found = paths.target.join("fuzz").join(target);
        let corpus = found.join("corpus");
        std::fs::create_dir_all(&corpus)
            .map_err(|error| format!("could not make `{}`: {error}", corpus.display()))?;
        step(target, || {
            let mut fuzz = paths.cargo();
            fuzz.args(["fuzz", "run", "--fuzz-dir", "."]).args([target]).arg(&corpus).arg("--");
            fuzz.arg(format!("-max_total_time={seconds}")).arg("-timeout=10");
            fuzz.arg(format!("-artifact_prefix={}/", found.display()));
            // The options of the sanitizer are not stable; the compiler is the same.
            run(fuzz
                .current_dir(paths.root.join("crates/fuzz"))
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_DIR", paths.target.join("fuzz/target")))
        })?;
    }
    Ok(())
}
