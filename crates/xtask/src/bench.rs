//! Measuring: what it needs is built and installed, then `atelier-bench` has the machine for itself.

use std::{ffi::OsString, path::Path, process::Command};

use crate::{
    build,
    command::{Outcome, run, step},
    paths::Paths,
    postgres::Durability,
    test::{chromium, debian_package, npm_packages, with_postgres},
};

/// What makes requests at a pace and over HTTP/2.
const OHA: &str = "1.16.0";

/// Measures the named parts, or all that take minutes, and writes them into `docs/performance.md`.
pub(crate) fn bench(paths: &Paths, parts: &[OsString]) -> Outcome {
    build(paths, true)?;
    step("bench", || {
        run(paths.cargo().args(["build", "--release", "--package", "atelier-bench"]).current_dir(&paths.root))
    })?;
    debian_package("wrk", "wrk", Path::new("/usr/bin/wrk"))?;
    debian_package("curl", "curl", Path::new("/usr/bin/curl"))?;
    chromium()?;
    npm_packages(&paths.root.join("end2end"))?;
    npm_packages(&paths.root.join("end2end/lighthouse"))?;
    let tools = paths.target.join("tools");
    if !tools.join("bin/oha").exists() {
        step("oha", || {
            let mut install = paths.cargo();
            run(install.args(["install", "oha", "--version", OHA, "--locked", "--root"]).arg(&tools))
        })?;
    }
    with_postgres(Durability::Durable, |url| {
        let mut bench = Command::new(paths.target.join("release/atelier-bench"));
        bench.arg("run").arg("--server").arg(paths.server(true)).args(["--postgres", url]);
        bench.arg("--tools").arg(&tools).arg("--root").arg(&paths.root).args(parts);
        run(bench.env("CARGO", &paths.cargo))
    })
}
