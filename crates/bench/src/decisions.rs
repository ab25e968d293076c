//! What a decision costs, beside the same question asked of libraries for such questions.

use std::process::Command;

use crate::{Bench, Result};

/// Runs the benchmarks in `crates/bench/peers`, a workspace of its own, and shows what they print.
pub(crate) fn measure(bench: &Bench) -> Result<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["bench", "--quiet", "--bench", "deciding"])
        .current_dir(bench.root.join("crates/bench/peers"))
        // Not in the tree, where a workspace of its own would be built.
        .env("CARGO_TARGET_DIR", bench.root.join("target/peers"))
        .stderr(std::process::Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err("the benchmark of decisions failed".into());
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    let table: Vec<&str> = printed.lines().skip_while(|line| !line.contains("fastest")).collect();
    Ok(format!(
        "May this collaborator add annotations to this app? One thread, in memory, measured by `divan` with a counting \
         allocator. `atelier` is `domain::decide` with the token of a collaborator; `cedar` is \
         asked by one policy over the scopes of an entity that was made beforehand, `casbin` by one rule for each scope. Aim: at most 50 ns, and no allocation.\
         \n\n```text\n{}\n```",
        table.join("\n").trim_end()
    ))
}
