//! How long whoever opens the page of collaborators waits, however many people there are.

use std::time::Duration;

use crate::document::Table;
use crate::fill::{APP, LARGE};
use crate::questions::Questions;
use crate::stage::Stage;
use crate::{Bench, Result, median, milliseconds};

/// For how long the page is asked for, and how often.
const TIME: Duration = Duration::from_secs(5);
const TIMES: usize = 3;

/// Measures the page of fifty people, then that of ten thousand among a million grants.
pub(crate) fn measure(bench: &Bench) -> Result<String> {
    let mut table =
        Table::new(&["database", "50 people", "10,000 people, 1,000,000 grants", "times as long"]);
    for stage in &bench.stages {
        let small = page(bench, stage, APP)?;
        stage.crowd()?;
        let large = page(bench, stage, LARGE)?;
        table.add(vec![
            stage.database.name().into(),
            milliseconds(small),
            milliseconds(large),
            format!("{:.2}", large.as_secs_f64() / small.as_secs_f64()),
        ]);
    }
    Ok(format!(
        "The page as the owner gets it from the server, on one connection: medians of {TIMES} times {} s. Aim: at most \
         8 ms, and with ten thousand people at most 1.5 times as long.\n\n{}",
        TIME.as_secs(),
        table.text()
    ))
}

fn page(bench: &Bench, stage: &Stage, app: &str) -> Result<Duration> {
    let server = stage.serve(bench)?;
    let question = Questions::of(&server, stage).collaborators(app);
    let mut measured = Vec::new();
    for _ in 0..TIMES {
        measured.push(bench.load.at_most(&question, 1, TIME)?.median);
    }
    Ok(median(measured))
}
