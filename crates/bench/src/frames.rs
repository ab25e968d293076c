//! How smoothly the explorer scrolls through a hundred thousand inputs, and a large picture is drawn in.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::document::Table;
use crate::fill::{APP, OWNER};
use crate::scale::fill;
use crate::stage::{Database, Place};
use crate::{Bench, Result, block_on, rounded};

/// How many inputs the app has, besides the pictures that are added.
const INPUTS: u32 = 100_000;

/// Measures in a browser without a graphics card, as tests have it.
pub(crate) fn measure(bench: &Bench) -> Result<String> {
    let place = Place::new(Database::Sqlite, &bench.postgres, "frames")?;
    let filled = block_on(fill::fill(place.folder(), &place.url(), INPUTS))?;
    let server = place.serve(bench)?;
    let output = Command::new("node")
        .arg("measure.mjs")
        .arg(format!("{}/{OWNER}/{APP}", server.url))
        .arg(format!("{}/v2/users/{OWNER}/apps/{APP}", server.url))
        .args([&filled.owner_session, &filled.owner_token])
        .current_dir(bench.root.join("end2end/frames"))
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err("nothing could be measured in the browser".into());
    }
    let measured: Value = serde_json::from_slice(&output.stdout)?;
    let mut table = Table::new(&[
        "what",
        "frames a second",
        "95 % of frames within, ms",
        "longest frame, ms",
        "tasks over 50 ms",
        "longest task, ms",
    ]);
    let (scrolling, drawing) = (&measured["scrolling"], &measured["drawing"]);
    for (name, frames) in [
        ("scrolling through cards", &scrolling["cards"]),
        ("scrolling through rows", &scrolling["rows"]),
        ("drawing a box", &drawing["draw"]),
        ("zooming", &drawing["zoom"]),
        ("moving the picture", &drawing["pan"]),
    ] {
        let figure = |key: &str| frames[key].as_f64().map_or_else(|| "?".to_owned(), rounded);
        let mut row = vec![name.to_owned()];
        row.extend(["perSecond", "p95", "longest", "longTasks", "longestTask"].map(figure));
        table.add(row);
    }
    let number = |value: &Value| rounded(value.as_f64().unwrap_or(f64::NAN));
    Ok(format!(
        "An app of {} texts and 201 pictures in a window of 1440 × 900, in a browser without a graphics card, beside the \
         server on the same two cores. The wheel was turned through {} cards and {} rows; the document had {} and {} \
         elements at most. The picture has 12 megapixels and {} shapes, boxes and outlines. Aim: 60 frames a second.\n\n{}",
        rounded(INPUTS.into()),
        number(&scrolling["cards"]["place"]),
        number(&scrolling["rows"]["place"]),
        number(&scrolling["cards"]["nodes"]),
        number(&scrolling["rows"]["nodes"]),
        number(&drawing["shapes"]),
        table.text()
    ))
}
