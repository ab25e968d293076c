//! What is built in and comes from others: licences, where it comes from, known faults.

use std::process::{Command, Stdio};

use crate::{
    command::{Outcome, is_installed, run, step},
    paths::Paths,
};

/// The variable that is `whole` where the lists of known faults can be reached: there, an audit without them fails.
const HOW_MUCH: &str = "ATELIER_AUDIT";

/// Looking for known faults, in a list of a registry's that may be out of reach.
struct Look {
    name: &'static str,
    can_reach_list: fn(&Paths) -> bool,
    look: fn(&Paths) -> Outcome,
}

const LOOKS: [Look; 2] = [
    Look {
        name: "advisories of RustSec",
        can_reach_list: |paths| deny(paths, &["fetch", "db"]).is_ok(),
        look: |paths| deny(paths, &["check", "advisories"]),
    },
    Look { name: "npm audit", can_reach_list: can_reach_npm, look: |paths| run(&mut npm_audit(paths)) },
];

/// Asks of every dependency whether it may be built in. What needs no list of known faults is done everywhere; it is
/// said which of the rest was not done.
pub(crate) fn audit(paths: &Paths) -> Outcome {
    let how_much = std::env::var_os(HOW_MUCH);
    let must_be_whole = match how_much.as_ref().map(|how_much| how_much.to_str()) {
        None => false,
        Some(Some("whole")) => true,
        Some(_) => return Err(format!("`{HOW_MUCH}` is `whole`, or not set")),
    };
    if !is_installed("cargo-deny") {
        step("cargo-deny", || run(paths.cargo().args(["install", "cargo-deny", "--locked"])))?;
    }
    step("licences, bans and sources", || deny(paths, &["check", "licenses", "bans", "sources"]))?;
    let mut undone = Vec::new();
    for Look { name, can_reach_list, look } in LOOKS {
        if can_reach_list(paths) {
            step(name, || look(paths))?;
        } else {
            undone.push(name);
        }
    }
    conclude(&undone, must_be_whole)
}

/// Says what was not done, which is a failure where everything can be.
fn conclude(undone: &[&str], must_be_whole: bool) -> Outcome {
    if undone.is_empty() {
        return Ok(());
    }
    let said = format!("NOT DONE, since the list cannot be reached: {}", undone.join(", "));
    if must_be_whole {
        return Err(said);
    }
    eprintln!("{said}");
    Ok(())
}

fn deny(paths: &Paths, what: &[&str]) -> Outcome {
    run(paths.cargo().args(["deny", "--workspace"]).args(what).current_dir(&paths.root))
}

fn npm_audit(paths: &Paths) -> Command {
    let mut npm = Command::new("npm");
    npm.args(["audit", "--package-lock-only"]).current_dir(paths.root.join("end2end"));
    npm
}

/// Whether npm has a report: it ends alike where something was found and where nobody answered.
fn can_reach_npm(paths: &Paths) -> bool {
    let asked = npm_audit(paths).arg("--json").stderr(Stdio::null()).output();
    asked.is_ok_and(|answer| is_report(&String::from_utf8_lossy(&answer.stdout)))
}

fn is_report(answer: &str) -> bool {
    answer.contains("\"auditReportVersion\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_done_is_a_failure_where_all_of_it_can_be() {
        assert_eq!(conclude(&[], true), Ok(()));
        assert_eq!(conclude(&["npm audit"], false), Ok(()));
        let said = conclude(&["advisories of RustSec", "npm audit"], true).unwrap_err();
        assert!(said.contains("NOT DONE") && said.contains("RustSec, npm audit"), "{said}");
    }

    #[test]
    fn a_report_of_npm_is_told_from_an_error() {
        assert!(is_report(r#"{ "auditReportVersion": 2, "vulnerabilities": {} }"#));
        assert!(!is_report(r#"{ "message": "405 Method Not Allowed", "statusCode": 405 }"#));
    }
}
