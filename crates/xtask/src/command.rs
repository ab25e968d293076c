//! Running programs, one named step at a time.

use std::{
    process::{Command, Stdio},
    time::Instant,
};

/// The end of a step: nothing, or the sentence that says what to do.
pub(crate) type Outcome = Result<(), String>;

/// Runs a step and says how long it took.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    eprintln!("▸ {name}");
    #[expect(clippy::disallowed_methods, reason = "measuring code reads a stopwatch")]
    let started = Instant::now();
    let result = work();
    let seconds = started.elapsed().as_secs_f32();
    match &result {
        Ok(_) => eprintln!("  {name} done in {seconds:.1} s"),
        Err(_) => eprintln!("  {name} failed after {seconds:.1} s"),
    }
    result
}

/// Runs a program to its end; its output goes where ours goes.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|error| could_not_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` ended with {status}", shown(command))) }
}

/// Runs a program and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let output =
        command.stderr(Stdio::inherit()).output().map_err(|error| could_not_start(command, &error))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("`{}` ended with {}", shown(command), output.status))
    }
}

/// Whether a program of this name can be started.
pub(crate) fn is_installed(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Replaces this process by the program; returns only if it cannot be started.
#[cfg(unix)]
pub(crate) fn become_it(command: &mut Command) -> Outcome {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(could_not_start(command, &error))
}

/// Runs the program to its end, where a process cannot be replaced.
#[cfg(not(unix))]
pub(crate) fn become_it(command: &mut Command) -> Outcome {
    run(command)
}

fn could_not_start(command: &Command, error: &std::io::Error) -> String {
    format!("could not start `{}`: {error}", shown(command))
}

fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
