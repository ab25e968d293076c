//! How much memory the server holds, and how soon it is ready.

use std::time::Duration;

use crate::document::Table;
use crate::fill::APP;
use crate::questions::Questions;
use crate::{Bench, Result, median, milliseconds};

/// How many ask at once, and for how long.
const CLIENTS: u32 = 200;
const TIME: Duration = Duration::from_secs(20);

/// After so long nobody asks for anything any more.
const IDLE: Duration = Duration::from_secs(5);

/// How often it is started.
const STARTS: usize = 3;

/// Measures starting, doing nothing, and many clients at once.
pub(crate) fn measure(bench: &Bench) -> Result<String> {
    let mut table = Table::new(&["database", "ready after", "idle", "200 clients", "idle afterwards"]);
    for stage in &bench.stages {
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            starts.push(stage.serve(bench)?.ready_after);
        }
        let server = stage.serve(bench)?;
        std::thread::sleep(IDLE);
        let idle = server.memory()?;
        let page = Questions::of(&server, stage).collaborators(APP);
        let most = std::thread::scope(|scope| {
            let asking = scope.spawn(|| {
                // What is wrong is told as a text: errors of this kind do not pass from thread to thread.
                bench.load.at_most(&page, CLIENTS, TIME).map_err(|error| error.to_string())
            });
            let mut most = idle;
            while !asking.is_finished() {
                std::thread::sleep(Duration::from_millis(100));
                most = most.max(server.memory().unwrap_or_default());
            }
            match asking.join() {
                Ok(answered) => answered.map(|_| most),
                Err(_) => Err("asking ended in a panic".into()),
            }
        })?;
        std::thread::sleep(IDLE);
        table.add(vec![
            stage.database.name().into(),
            milliseconds(median(starts)),
            format!("{idle:.0} MB"),
            format!("{most:.0} MB"),
            format!("{:.0} MB", server.memory()?),
        ]);
    }
    Ok(format!(
        "Resident memory (VmRSS), 200 clients asking for the page of collaborators for {} s. Aim: ready within 1 s, idle \
         at most 60 MB, under 200 clients at most 250 MB.\n\n{}",
        TIME.as_secs(),
        table.text()
    ))
}
