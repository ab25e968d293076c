//! `cargo xtask bench`: measures the built server, beside the least that its work could cost, and writes down what it
//! found.
//!
//! The server, the floors and what makes requests are processes of their own on the same machine. Nothing else may run
//! meanwhile: beside a compiler everything is several times slower, and no figure means anything.

mod alone;
mod beside;
mod browser;
mod decisions;
mod document;
mod fill;
mod floor;
mod footprint;
mod frames;
mod learning;
mod load;
mod predict;
mod process;
mod questions;
mod requests;
mod scale;
mod soak;
mod stage;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use document::Document;
use load::{Load, oha_in};
use stage::Stage;

pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Measures the built server.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures, and writes down what was found.
    Run {
        /// The built server.
        #[arg(long)]
        server: PathBuf,
        /// A PostgreSQL server in which databases can be made.
        #[arg(long)]
        postgres: String,
        /// Where `oha` is installed.
        #[arg(long)]
        tools: PathBuf,
        /// The workspace.
        #[arg(long)]
        root: PathBuf,
        /// Which parts to measure [default: all but `soak`].
        parts: Vec<String>,
    },
    /// Fills an empty database with what is measured, for looking closer by hand, and prints by what it is asked.
    Fill {
        /// The folder of the uploads.
        #[arg(long)]
        data: PathBuf,
        /// The empty database.
        #[arg(long)]
        database: String,
        /// Also with ten thousand people and a million grants.
        #[arg(long)]
        crowd: bool,
        /// With so many inputs, five times as many annotations, and a task, instead.
        #[arg(long, conflicts_with = "crowd")]
        inputs: Option<u32>,
    },
    /// Serves the least that could be done.
    Floor {
        /// The folder of the answers.
        #[arg(long)]
        answers: PathBuf,
        /// The empty database.
        #[arg(long)]
        database: String,
    },
}

/// What can be measured, by the name under which it can be asked for alone.
struct Part {
    name: &'static str,
    heading: &'static str,
    measure: fn(&Bench) -> Result<String>,
    /// Whether it measures [`Bench::stages`], or fills databases of its own.
    has_stages: bool,
}

impl Part {
    const fn of_stages(
        name: &'static str,
        heading: &'static str,
        measure: fn(&Bench) -> Result<String>,
    ) -> Self {
        Self { name, heading, measure, has_stages: true }
    }

    const fn by_itself(
        name: &'static str,
        heading: &'static str,
        measure: fn(&Bench) -> Result<String>,
    ) -> Self {
        Self { name, heading, measure, has_stages: false }
    }
}

const PARTS: &[Part] = &[
    Part::of_stages("requests", "Requests", requests::measure),
    Part::of_stages("alone", "The page of collaborators", alone::measure),
    Part::of_stages("beside", "Reads beside other work", beside::measure),
    Part::by_itself("scale", "A million inputs", scale::measure),
    Part::by_itself("predict", "Predicting", predict::measure),
    Part::by_itself("learning", "Learning and likeness", learning::measure),
    Part::by_itself("frames", "Scrolling and drawing", frames::measure),
    Part::of_stages("footprint", "Memory and start", footprint::measure),
    Part::of_stages("decisions", "A decision", decisions::measure),
    Part::of_stages("browser", "In the browser", browser::measure),
    Part::of_stages(SOAK, "Twenty minutes", soak::measure),
];

/// What takes so long that it is measured only when it is asked for.
const SOAK: &str = "soak";

/// Everything that measuring needs.
pub(crate) struct Bench {
    /// The built server.
    pub(crate) server: PathBuf,
    /// The workspace.
    pub(crate) root: PathBuf,
    /// What makes requests.
    pub(crate) load: Load,
    /// The databases, each with the same in it.
    pub(crate) stages: Vec<Stage>,
    /// The address of a database on a PostgreSQL server in which others can be made.
    pub(crate) postgres: String,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run { server, postgres, tools, root, parts } => run(server, &postgres, &tools, root, &parts),
        Command::Fill { data, database, crowd, inputs } => {
            block_on(fill_by_hand(&data, &database, crowd, inputs))
        }
        Command::Floor { answers, database } => block_on(floor::serve(&answers, &database)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(
    server: PathBuf,
    postgres: &str,
    tools: &std::path::Path,
    root: PathBuf,
    names: &[String],
) -> Result<()> {
    if let Some(unknown) = names.iter().find(|name| PARTS.iter().all(|part| part.name != **name)) {
        let known: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
        return Err(format!("there is no part `{unknown}`; the parts are: {}", known.join(", ")).into());
    }
    let chosen = |part: &&Part| {
        if names.is_empty() { part.name != SOAK } else { names.iter().any(|name| name == part.name) }
    };
    let document = Document::at(root.join("docs/performance.md"));
    let stages = if PARTS.iter().filter(chosen).any(|part| part.has_stages) {
        eprintln!("filling both databases");
        Stage::both(postgres)?
    } else {
        Vec::new()
    };
    let load = Load { oha: oha_in(tools), folder: tempfile::tempdir()? };
    let bench = Bench { server, load, root, stages, postgres: postgres.to_owned() };
    for part in PARTS.iter().filter(chosen) {
        eprintln!("{}", part.heading);
        let text = (part.measure)(&bench)?;
        document.replace(part.heading, &text)?;
        println!("## {}\n\n{text}", part.heading);
    }
    Ok(())
}

async fn fill_by_hand(
    data: &std::path::Path,
    database: &str,
    crowd: bool,
    inputs: Option<u32>,
) -> Result<()> {
    if let Some(inputs) = inputs {
        let scaled = scale::fill::fill(data, database, inputs).await?;
        println!("token: {}\nsession: {}", scaled.owner_token, scaled.owner_session);
        for (who, session) in
            [("labeller", &scaled.labellers[0].session), ("limited", &scaled.limited_session)]
        {
            println!("session of the {who}: {session}");
        }
        return Ok(());
    }
    let filled = fill::fill(data, database).await?;
    if crowd {
        fill::crowd(data, database).await?;
    }
    println!("token: {}\nsession: {}", filled.token, filled.session);
    Ok(())
}

/// Runs what is asynchronous to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

/// The moment it is now.
#[expect(clippy::disallowed_methods, reason = "measuring code reads a stopwatch")]
pub(crate) fn stopwatch() -> Instant {
    Instant::now()
}

/// The middle one of three or so measurements.
pub(crate) fn median<T: PartialOrd + Copy>(mut measured: Vec<T>) -> T {
    measured.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    measured[measured.len() / 2]
}

/// A time in milliseconds, for people.
pub(crate) fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1e3;
    if milliseconds < 10.0 { format!("{milliseconds:.2} ms") } else { format!("{milliseconds:.0} ms") }
}

/// A number of requests, for people.
pub(crate) fn rounded(per_second: f64) -> String {
    let digits = format!("{per_second:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(rounded(999.6), "1,000");
        assert_eq!(rounded(999.4), "999");
        assert_eq!(rounded(1_234_567.0), "1,234,567");
        assert_eq!(milliseconds(Duration::from_micros(1_500)), "1.50 ms");
        assert_eq!(milliseconds(Duration::from_micros(15_500)), "16 ms");
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
    }
}
