//! Whether reads stay quick while other things are done.

use std::time::Duration;

use crate::document::Table;
use crate::load::Question;
use crate::process::Server;
use crate::questions::Questions;
use crate::stage::Stage;
use crate::{Bench, Result, median, milliseconds};

/// For how long, and how often.
const TIME: Duration = Duration::from_secs(10);
const TIMES: usize = 3;

/// Reads in a second, by so many connections.
const READS: f64 = 1_000.0;
const READERS: u32 = 8;

/// What else is done, so many times a second.
const WRITES: f64 = 200.0;
const SIGN_INS: f64 = 4.0;
const UPLOADS: f64 = 4.0;

/// Measures reads alone, beside each kind of work, and beside all of it.
pub(crate) fn measure(bench: &Bench) -> Result<String> {
    let mut table = Table::new(&["database", "beside", "median", "p99", "times as long as alone"]);
    for stage in &bench.stages {
        let server = stage.serve(bench)?;
        let [writes, sign_ins, uploads] = work(bench, stage, &server)?;
        let mut alone = None;
        for (name, streams) in [
            ("nothing", vec![]),
            ("annotations", vec![&writes]),
            ("sign-ins", vec![&sign_ins]),
            ("uploads", vec![&uploads]),
            ("all of these", vec![&writes, &sign_ins, &uploads]),
        ] {
            let mut measured = Vec::new();
            for _ in 0..TIMES {
                measured.push(read_beside(bench, stage, &server, &streams)?);
            }
            let p99 = median(measured.iter().map(|(_, p99)| *p99).collect());
            let alone = *alone.get_or_insert(p99);
            table.add(vec![
                stage.database.name().into(),
                name.into(),
                milliseconds(median(measured.iter().map(|(median, _)| *median).collect())),
                milliseconds(p99),
                format!("{:.1}", p99.as_secs_f64() / alone.as_secs_f64()),
            ]);
        }
    }
    Ok(format!(
        "{READS} reads of one input in a second by {READERS} connections, beside {WRITES} annotations, {SIGN_INS} \
         sign-ins (argon2id, 46 MiB each) and {UPLOADS} uploads of a photograph in a second; medians of {TIMES} times \
         {} s. Aim: p99 at most twice as long as alone.\n\n{}",
        TIME.as_secs(),
        table.text()
    ))
}

/// Something that is done again and again, so many times a second.
type Stream = (Question, f64);

fn work(bench: &Bench, stage: &Stage, server: &Server) -> Result<[Stream; 3]> {
    let ask = Questions::of(server, stage);
    let photograph = std::fs::read(bench.root.join("crates/server/demo/crossing-in-the-rain.jpg"))?;
    Ok([(ask.annotation(), WRITES), (ask.sign_in(), SIGN_INS), (ask.upload(&photograph), UPLOADS)])
}

/// Median and p99 of reads, while the streams go on.
fn read_beside(
    bench: &Bench,
    stage: &Stage,
    server: &Server,
    streams: &[&Stream],
) -> Result<(Duration, Duration)> {
    let mut others = Vec::new();
    for (question, per_second) in streams {
        others.push(bench.load.paced(question, *per_second, 4, TIME)?);
    }
    let reads = bench.load.paced(&Questions::of(server, stage).input(), READS, READERS, TIME)?.end()?;
    for other in others {
        other.end()?;
    }
    Ok((reads.median, reads.p99))
}
