//! What is built in and comes from others: known faults, licences, where it comes from.

use std::process::Command;

use crate::{
    command::{Outcome, is_installed, run, step},
    paths::Paths,
};

/// Asks of every dependency whether it may be built in. Known faults are looked up with the registries, which must be
/// within reach.
pub(crate) fn audit(paths: &Paths) -> Outcome {
    if !is_installed("cargo-deny") {
        step("cargo-deny", || run(Command::new(&paths.cargo).args(["install", "cargo-deny", "--locked"])))?;
    }
    let deny = |what: &[&str]| {
        let mut cargo = Command::new(&paths.cargo);
        run(cargo.args(["deny", "--workspace", "check"]).args(what).current_dir(&paths.root))
    };
    step("licences and sources", || deny(&["licenses", "bans", "sources"]))?;
    step("advisories", || deny(&["advisories"]))?;
    step("npm audit", || {
        run(Command::new("npm")
            .args(["audit", "--package-lock-only"])
            .current_dir(paths.root.join("end2end")))
    })
}
