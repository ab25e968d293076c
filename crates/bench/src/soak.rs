//! Twenty minutes at half of what the server can do: nothing goes wrong, and nothing grows.

use std::time::Duration;

use crate::document::Table;
use crate::fill::APP;
use crate::process::Server;
use crate::questions::Questions;
use crate::{Bench, Result, milliseconds, rounded, stopwatch};

const TIME: Duration = Duration::from_secs(20 * 60);

/// For so long it is asked what it can do at most, before.
const TRIED: Duration = Duration::from_secs(5);

/// By so many connections each kind of thing is asked.
const CONNECTIONS: u32 = 16;

/// Of the processor's time, half is used; this much of it by each kind of question.
const READS: f64 = 0.5 * 0.5;
const WRITES: f64 = 0.5 * 0.3;
const PAGES: f64 = 0.5 * 0.2;

/// After so long caches and pools have what they need.
const WARM: Duration = Duration::from_secs(2 * 60);

/// Measures both databases, one after the other.
pub(crate) fn measure(bench: &Bench) -> Result<String> {
    let mut table = Table::new(&[
        "database",
        "reads, annotations, pages in a second",
        "answered",
        "errors",
        "p99 of each",
        "memory after 2 and 20 minutes",
        "open files after 2 and 20 minutes",
    ]);
    for stage in &bench.stages {
        let server = stage.serve(bench)?;
        let ask = Questions::of(&server, stage);
        let questions = [(ask.input(), READS), (ask.annotation(), WRITES), (ask.collaborators(APP), PAGES)];
        let mut paces = Vec::new();
        for (question, share) in &questions {
            paces.push(bench.load.at_most(question, CONNECTIONS, TRIED)?.per_second * share);
        }
        let mut asked = Vec::new();
        for ((question, _), pace) in questions.iter().zip(&paces) {
            asked.push(bench.load.paced(question, *pace, CONNECTIONS, TIME)?);
        }
        let (early, late) = watch(&server)?;
        let mut answered = Vec::new();
        for paced in asked {
            answered.push(paced.end()?);
        }
        let count: f64 = answered.iter().map(|one| one.per_second * TIME.as_secs_f64()).sum();
        let each = |text: Vec<String>| text.join(", ");
        table.add(vec![
            stage.database.name().into(),
            each(paces.iter().map(|pace| rounded(*pace)).collect()),
            rounded(count),
            "none".into(),
            each(answered.iter().map(|one| milliseconds(one.p99)).collect()),
            format!("{:.0} and {:.0} MB", early.0, late.0),
            format!("{} and {}", early.1, late.1),
        ]);
    }
    Ok(format!(
        "Half of the load at which the server has no time left, for {} minutes: reads of one input, annotations, and the \
         page of collaborators. Aim: no error, no growth of memory or of open files.\n\n{}",
        TIME.as_secs() / 60,
        table.text()
    ))
}

/// Memory and open files once everything is warm, and at the end.
fn watch(server: &Server) -> Result<((f64, usize), (f64, usize))> {
    let started = stopwatch();
    let mut early = None;
    let mut last = (server.memory()?, server.open_files()?);
    while started.elapsed() + Duration::from_secs(5) < TIME {
        std::thread::sleep(Duration::from_secs(5));
        last = (server.memory()?, server.open_files()?);
        if early.is_none() && started.elapsed() >= WARM {
            early = Some(last);
        }
    }
    Ok((early.unwrap_or(last), last))
}
