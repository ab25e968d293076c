//! Everything that has to hold before a change lands, as named steps.

use std::{
    ffi::OsString,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::{
    bench, build, bundle,
    command::{Outcome, is_installed, run, step},
    paths::Paths,
    postgres::{self, Durability},
};

/// One thing to check, by the name under which it can be asked for alone.
struct Step {
    name: &'static str,
    run: fn(&Paths) -> Outcome,
}

/// In the order in which they run: what fails fastest comes first.
const STEPS: &[Step] = &[
    Step { name: "fmt", run: fmt },
    Step { name: "clippy", run: clippy },
    Step { name: "nextest", run: nextest },
    Step { name: "build", run: |paths| build(paths, false) },
    Step { name: "clients", run: clients },
    Step { name: "e2e", run: e2e },
];

/// Runs the named steps, or all of them; stops at the first that fails.
pub(crate) fn test(paths: &Paths, names: &[OsString]) -> Outcome {
    let names: Vec<_> = names.iter().map(|name| name.to_string_lossy()).collect();
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let known = STEPS.iter().map(|step| step.name).collect::<Vec<_>>().join(", ");
        return Err(format!("there is no step `{unknown}`; the steps are: {known}"));
    }
    STEPS
        .iter()
        .filter(|step| names.is_empty() || names.iter().any(|name| name == step.name))
        .try_for_each(|chosen| step(chosen.name, || (chosen.run)(paths)))
}

fn fmt(paths: &Paths) -> Outcome {
    run(cargo(paths).args(["fmt", "--all", "--check"]))
}

/// The host's crates, then the client for the browser: no single build sees both.
fn clippy(paths: &Paths) -> Outcome {
    run(cargo(paths).args(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))?;
    bundle::ensure_wasm_target()?;
    for feature in ["hydrate", "csr"] {
        run(cargo(paths)
            .args(["clippy", "--package", "atelier-client", "--target", "wasm32-unknown-unknown"])
            .args(["--features", feature, "--", "--deny", "warnings"]))?;
    }
    Ok(())
}

fn nextest(paths: &Paths) -> Outcome {
    if !is_installed("cargo-nextest") {
        step("cargo-nextest", || run(cargo(paths).args(["install", "cargo-nextest", "--locked"])))?;
    }
    with_postgres(Durability::Hasty, |url| {
        let mut nextest = cargo(paths);
        run(nextest.args(["nextest", "run", "--workspace"]).env("ATELIER_TEST_POSTGRES", url))
    })
}

/// Runs `work` with the address of a PostgreSQL server of its own, which is installed first if there is none.
pub(crate) fn with_postgres(durability: Durability, work: impl FnOnce(&str) -> Outcome) -> Outcome {
    let missing = "/usr/lib/postgresql with a server's programs";
    if postgres::programs().is_none() {
        debian_package("PostgreSQL", "postgresql", Path::new(missing))?;
    }
    let programs =
        postgres::programs().ok_or_else(|| format!("PostgreSQL was installed, but there is no {missing}"))?;
    postgres::with_postgres(&programs, durability, work)
}

/// Has the official clients talk to the built server, and what is learned compared with what others learn.
fn clients(paths: &Paths) -> Outcome {
    run(cargo(paths).args(["build", "--package", "atelier-learn", "--example", "fit"]))?;
    with_built_server(paths, &["discover"], ROUNDS)
}

/// How often a server is killed before a change lands, and when it is looked for what happens seldom.
const ROUNDS: u32 = 10;
const SOAK_ROUNDS: u32 = 100;

/// The long versions of what is tested of faults.
pub(crate) fn soak(paths: &Paths) -> Outcome {
    step("build", || build(paths, false))?;
    step("soak", || {
        with_built_server(paths, &["test_kill", "test_faults", "test_two_servers"], SOAK_ROUNDS)
    })?;
    bench::bench(paths, &["soak".into()])
}

/// Runs tests in Python that talk to the built server and kill it so many times.
fn with_built_server(paths: &Paths, tests: &[&str], rounds: u32) -> Outcome {
    let folder = paths.root.join("end2end").join("clients");
    if !is_installed("curl") {
        debian_package("curl", "curl", Path::new("/usr/bin/curl"))?;
    }
    npm_packages(&paths.root.join("end2end"))?;
    let python = step("Python packages", || python_packages(paths, &folder.join("requirements.txt")))?;
    let mut program = Command::new(python);
    program.args(["-m", "unittest"]).args(tests).arg("--verbose").current_dir(&folder);
    program.env("ATELIER", paths.server(false)).env("ATELIER_ROUNDS", rounds.to_string());
    program.env("ATELIER_FIT", paths.example("fit"));
    // Bytecode would be left in the tree.
    program.env("PYTHONDONTWRITEBYTECODE", "1");
    with_postgres(Durability::Hasty, |url| run(program.env("ATELIER_TEST_POSTGRES", url)))
}

/// Makes an environment for Python of exactly the packages that are asked for; answers its interpreter.
fn python_packages(paths: &Paths, requirements: &Path) -> Result<PathBuf, String> {
    let folder = paths.target.join("python");
    let (python, stamp) = (folder.join("bin/python"), folder.join("requirements.txt"));
    let read = |path: &Path| std::fs::read_to_string(path).ok();
    if read(requirements).is_some_and(|wanted| read(&stamp) == Some(wanted)) {
        return Ok(python);
    }
    let environment = || run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    if environment().is_err() {
        debian_package("Python's environments", "python3-venv", Path::new("/usr/share/doc/python3-venv"))?;
        environment()?;
    }
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(requirements))?;
    std::fs::copy(requirements, &stamp)
        .map_err(|error| format!("could not note which packages are there: {error}"))?;
    Ok(python)
}

/// Installs exactly the packages that `folder` asks for.
pub(crate) fn npm_packages(folder: &Path) -> Outcome {
    if !is_installed("npm") {
        debian_package("npm", "npm", Path::new("/usr/bin/npm"))?;
    }
    step("npm packages", || {
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder))
    })
}

/// Makes sure of a browser.
pub(crate) fn chromium() -> Outcome {
    if std::env::var_os("CHROMIUM").is_some() {
        return Ok(());
    }
    debian_package("chromium", "chromium", Path::new("/usr/bin/chromium"))
}

/// Drives the built server with a real browser.
fn e2e(paths: &Paths) -> Outcome {
    let folder = paths.root.join("end2end");
    npm_packages(&folder)?;
    chromium()?;
    let server = Server::start(paths)?;
    // With the folder and the program, a test reads mail and makes accounts whose address counts as verified.
    run(Command::new("npx")
        .args(["playwright", "test"])
        .current_dir(&folder)
        .env("ATELIER_URL", &server.url)
        .env("ATELIER_BINARY", paths.server(false))
        .env("ATELIER_OUTBOX", server.data.join("outbox"))
        .env("ATELIER_DATA", &server.data))
}

/// The built server on a port of its own, ended when the tests are done.
struct Server {
    process: Child,
    url: String,
    data: PathBuf,
}

impl Server {
    /// Starts it over an empty data folder and waits until it says where it listens.
    fn start(paths: &Paths) -> Result<Self, String> {
        let data = paths.target.join("e2e-data");
        if data.exists() {
            std::fs::remove_dir_all(&data)
                .map_err(|error| format!("could not empty the data folder: {error}"))?;
        }
        let mut process = Command::new(paths.server(false))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("could not start the server: {error}"))?;
        let mut lines = BufReader::new(process.stdout.take().ok_or("the server has no output")?).lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split_once("http://").map(|(_, address)| format!("http://{}", address.trim()))
            })
            .ok_or("the server ended before it listened")?;
        // The rest is read away, or the server would stop at a full pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| println!("{line}")));
        Ok(Self { process, url, data })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to do.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Makes sure of a program that Debian packages; says what to do where there is no Debian.
pub(crate) fn debian_package(what: &str, package: &str, evidence: &Path) -> Outcome {
    if evidence.exists() {
        return Ok(());
    }
    step(&format!("install {package}"), || {
        let is_root = postgres::is_root();
        let apt = |words: &[&str]| {
            let mut command = if is_root { Command::new("apt-get") } else { Command::new("sudo") };
            if !is_root {
                command.arg("apt-get");
            }
            run(command.args(words).env("DEBIAN_FRONTEND", "noninteractive"))
        };
        apt(&["update", "--quiet"]).and_then(|()| apt(&["install", "--yes", "--quiet", package])).map_err(|error| {
            format!("{error}\nThe tests need {what}, and it could not be installed. Install it and run them again.")
        })
    })
}

fn cargo(paths: &Paths) -> Command {
    let mut cargo = paths.cargo();
    cargo.current_dir(&paths.root);
    cargo
}
