//! What a browser makes of the pages: Lighthouse, with its preset for mobile devices.

use std::process::{Command, Stdio};

use crate::document::Table;
use crate::fill::{APP, OWNER};
use crate::{Bench, Result};

/// Measures signing in and the page of collaborators.
pub(crate) fn measure(bench: &Bench) -> Result<String> {
    let stage = bench.stages.first().ok_or("there is a database")?;
    let server = stage.serve(bench)?;
    let mut table = Table::new(&[
        "page",
        "performance",
        "accessibility",
        "best practices",
        "first contentful paint",
        "time to interactive",
        "over the wire",
    ]);
    for (name, path, cookie) in [
        ("sign in", "/sign-in".to_owned(), None),
        ("collaborators", format!("/{OWNER}/{APP}/settings/collaborators"), Some(&stage.filled.session)),
    ] {
        let output = Command::new("node")
            .arg("measure.mjs")
            .arg(format!("{}{path}", server.url))
            .args(cookie.map(|cookie| format!("atelier={cookie}")))
            .current_dir(bench.root.join("end2end/lighthouse"))
            .stderr(Stdio::inherit())
            .output()?;
        if !output.status.success() {
            return Err(format!("{path} could not be measured").into());
        }
        let measured: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let text = |key: &str| measured[key].as_str().unwrap_or("?").to_owned();
        let mut row = vec![name.to_owned()];
        row.extend(
            ["performance", "accessibility", "bestPractices", "paint", "interactive", "bytes"].map(text),
        );
        table.add(row);
    }
    Ok(format!(
        "Lighthouse {} with its mobile preset (slow 4G, a processor four times slower, simulated), medians of 3, over \
         SQLite. Aim: performance at least 95, the others 100, interactive within 3 s, at most 330 kB for the first \
         visit.\n\n{}",
        version(bench)?,
        table.text()
    ))
}

fn version(bench: &Bench) -> Result<String> {
    let lock = std::fs::read_to_string(bench.root.join("end2end/lighthouse/package-lock.json"))?;
    let lock: serde_json::Value = serde_json::from_str(&lock)?;
    Ok(lock["packages"]["node_modules/lighthouse"]["version"].as_str().unwrap_or_default().to_owned())
}
