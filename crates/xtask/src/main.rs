//! Builds, runs and tests Atelier on a fresh machine: `cargo xtask build | run | test | soak | bench | fuzz |
//! audit | bundle`.

mod audit;
mod bench;
mod bundle;
mod chunks;
mod command;
#[cfg(test)]
mod documents;
mod fuzz;
mod paths;
mod postgres;
mod test;

use std::{
    ffi::OsString,
    process::{Command, ExitCode},
};

use command::{Outcome, run, step};
use paths::Paths;

const USAGE: &str = "\
usage: cargo xtask <command>

  bundle                  build the browser bundle into target/site
  build [--release]       bundle, then build the server
  run [--release] [-- …]  build, then start the server (with the arguments after --)
  test [step…]            run every step, or the named ones
  soak                    look for faults for longer than a test may take
  bench [part…]           measure every part, or the named ones, and write docs/performance.md
  fuzz [seconds]          make up what strangers can send, for so long with each program
  audit                   ask of every dependency whether it may be built in";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<OsString> = arguments.collect();
    let paths = Paths::find();

    let outcome = match command.to_str() {
        Some("bundle") => Arguments::parse(rest, &[]).and_then(|_| bundle::bundle(&paths)),
        Some("build") => Arguments::parse(rest, &["--release"]).and_then(|a| build(&paths, a.release)),
        Some("run") => Arguments::parse(rest, &["--release"]).and_then(|a| serve(&paths, &a)),
        Some("test") => test::test(&paths, &rest),
        Some("soak") => Arguments::parse(rest, &[]).and_then(|_| test::soak(&paths)),
        Some("audit") => Arguments::parse(rest, &[]).and_then(|_| audit::audit(&paths)),
        Some("bench") => bench::bench(&paths, &rest),
        Some("fuzz") => fuzz::fuzz(&paths, &rest),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// What stands behind the name of a command.
#[derive(Default)]
struct Arguments {
    release: bool,
    /// What comes after `--`, for the started program.
    passed_on: Vec<OsString>,
}

impl Arguments {
    fn parse(arguments: Vec<OsString>, known: &[&str]) -> Result<Self, String> {
        let mut parsed = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            match argument.to_str() {
                Some("--") => parsed.passed_on = arguments.by_ref().collect(),
                Some("--release") if known.contains(&"--release") => parsed.release = true,
                _ => return Err(format!("unknown argument `{}`\n\n{USAGE}", argument.display())),
            }
        }
        Ok(parsed)
    }
}

/// Builds the bundle, then the server that carries it.
fn build(paths: &Paths, release: bool) -> Outcome {
    bundle::bundle(paths)?;
    step("server", || {
        let mut cargo = paths.cargo();
        cargo.args(["build", "--package", "atelier-server"]).env("ATELIER_SITE", paths.site());
        if release {
            cargo.arg("--release");
        }
        run(&mut cargo)
    })
}

/// Builds everything and becomes the server: signals and the exit code are its own.
fn serve(paths: &Paths, arguments: &Arguments) -> Outcome {
    build(paths, arguments.release)?;
    let program = || {
        let mut server = Command::new(paths.server(arguments.release));
        server.current_dir(&paths.root).env("ATELIER_SITE", paths.site());
        server
    };
    let mut server = program();
    if arguments.passed_on.is_empty() {
        // The first time, it makes the people and prints how to sign in; afterwards it leaves everything as it is.
        step("demonstration", || run(program().args(["demo", "--data", "./data"])))?;
        // By its name, to which browsers bind passkeys.
        eprintln!("Open http://localhost:8080");
        server.args(["serve", "--listen", "127.0.0.1:8080", "--base-url", "http://localhost:8080"]);
        server.args(["--data", "./data"]);
    } else {
        server.args(&arguments.passed_on);
    }
    command::become_it(&mut server)
}
