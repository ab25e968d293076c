//! What programs ask for most, over REST and gRPC, beside the floors of the same answers.

use std::path::Path;
use std::time::Duration;

use atelier_contract::proto;
use prost::Message as _;

use crate::document::Table;
use crate::fill::{APP, INPUT, OWNER};
use crate::load::{Answered, Question};
use crate::process::Server;
use crate::questions::Questions;
use crate::stage::{Database, Stage};
use crate::{Bench, Result, median, milliseconds, rounded};

/// For how long each is asked, and how often.
const TIME: Duration = Duration::from_secs(4);
const TIMES: usize = 3;

const HEAD: &[&str] = &[
    "database",
    "request",
    "at once",
    "f0 bare",
    "floor",
    "Atelier",
    "of the floor",
    "aim",
    "p99 of the floor",
    "p99",
    "f1 by sqlx",
    "of it",
];

/// How requests travel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Rest,
    Grpc,
}

/// One thing that is asked for.
struct Asked {
    name: &'static str,
    way: Way,
    /// The floor that it is measured by.
    floor: &'static str,
    question: Question,
    aim: f64,
}

/// Measures all of them.
pub(crate) fn measure(bench: &Bench) -> Result<String> {
    let mut table = Table::new(HEAD);
    for stage in &bench.stages {
        let atelier = stage.serve(bench)?;
        let answers = tempfile::tempdir()?;
        let asked = questions(&atelier, stage);
        for asked in asked.iter().filter(|asked| asked.floor == "f1") {
            keep_answer(&atelier, asked, answers.path())?;
        }
        let floor = stage.floor(answers.path())?;
        for asked in &asked {
            for at_once in [1, 32] {
                table.add(compare(bench, stage, &floor, asked, at_once)?);
            }
        }
    }
    Ok(format!(
        "Answers in a second, medians of {TIMES} times {} s. f0: a bare handler that returns the same bytes. Floor: \
         for reads f1, the same with one indexed read of as many rows through the same driver (SQLite by rusqlite, \
         PostgreSQL by sqlx); for the annotation f2, a bare durable insert behind one writer that commits what has \
         gathered. f1 by sqlx: what f1 on SQLite is through the driver that Atelier had before, and by which the aims \
         were set. Atelier: by the token of a \
         collaborator, checked against the database at each request; an annotation is answered when it is on disk \
         (SQLite `synchronous=FULL`, PostgreSQL `synchronous_commit=on`). REST by `wrk`, gRPC by `oha`, over \
         connections that are kept.\n\n{}",
        TIME.as_secs(),
        table.text()
    ))
}

fn questions(atelier: &Server, stage: &Stage) -> Vec<Asked> {
    let ask = Questions::of(atelier, stage);
    let call = proto::GetInputRequest {
        user_app_id: Some(proto::UserAppIdSet { user_id: OWNER.into(), app_id: APP.into() }),
        input_id: INPUT.into(),
    };
    let call = Question::post(
        format!("{}/clarifai.api.V2/GetInput", atelier.url),
        &[&ask.key(), "Content-Type: application/grpc", "TE: trailers"],
        vec![framed(&call.encode_to_vec())],
    );
    let asked = |name, way, floor, question, aim| Asked { name, way, floor, question, aim };
    vec![
        asked("one input", Way::Rest, "f1", ask.input(), 0.6),
        asked("20 concepts", Way::Rest, "f1", ask.read("/concepts?per_page=20"), 0.6),
        asked("100 inputs", Way::Rest, "f1", ask.read("/inputs?per_page=100"), 0.5),
        asked("one input (gRPC)", Way::Grpc, "f1", call, 0.6),
        asked("add an annotation", Way::Rest, "f2", ask.annotation(), 0.5),
    ]
}

/// A message as it travels over gRPC: not compressed, its length, itself.
fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&[0], length.as_slice(), message].concat()
}

/// Keeps for the floors what the server answers, in as many pieces as it has rows.
fn keep_answer(atelier: &Server, asked: &Asked, folder: &Path) -> Result<()> {
    let answer = match asked.way {
        Way::Rest => {
            let headers: Vec<&str> = asked.question.headers.iter().map(String::as_str).collect();
            atelier.get(asked.question.url.trim_start_matches(&atelier.url), &headers)?
        }
        // As long as the one over REST is enough: what is measured is not what it says.
        Way::Grpc => std::fs::read(folder.join("one-input").join("0"))?,
    };
    let folder = folder.join(name_of(asked));
    std::fs::create_dir(&folder)?;
    let rows: usize = asked.name.split(' ').next().and_then(|count| count.parse().ok()).unwrap_or(1);
    for (number, piece) in answer.chunks(answer.len().div_ceil(rows)).enumerate() {
        std::fs::write(folder.join(number.to_string()), piece)?;
    }
    Ok(())
}

fn name_of(asked: &Asked) -> String {
    asked.name.replace(' ', "-").replace(['(', ')'], "")
}

/// Measures the floors and the server in turn, so that what slows the machine for a while slows all of them.
fn compare(bench: &Bench, stage: &Stage, floor: &Server, asked: &Asked, at_once: u32) -> Result<Vec<String>> {
    let at = |path: String| Question { url: format!("{}{path}", floor.url), ..asked.question.clone() };
    let name = name_of(asked);
    let reads = asked.floor == "f1";
    let least = at(if reads { format!("/f1/{name}") } else { format!("/{}", asked.floor) });
    // At the speed of memory, `oha` counts as errors what it drops itself when its time is over.
    let bare = (reads && asked.way == Way::Rest).then(|| at(format!("/f0/{name}")));
    let by_sqlx = (reads && stage.database == Database::Sqlite).then(|| at(format!("/f1-by-sqlx/{name}")));
    let ask = |question: &Question| match asked.way {
        Way::Rest => bench.load.at_most(question, at_once, TIME),
        Way::Grpc => bench.load.over_http2(question, at_once.div_ceil(8), at_once.min(8), TIME),
    };
    let (mut bares, mut floors, mut ours, mut sqlxs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TIMES {
        if let Some(bare) = &bare {
            bares.push(ask(bare)?);
        }
        if let Some(by_sqlx) = &by_sqlx {
            sqlxs.push(ask(by_sqlx)?);
        }
        floors.push(ask(&least)?);
        ours.push(ask(&asked.question)?);
    }
    let rate = |measured: &[Answered]| median(measured.iter().map(|one| one.per_second).collect());
    let p99 = |measured: &[Answered]| median(measured.iter().map(|one| one.p99).collect());
    let if_measured = |measured: &[Answered], text: &dyn Fn(f64) -> String| {
        if measured.is_empty() { "–".to_owned() } else { text(rate(measured)) }
    };
    Ok(vec![
        stage.database.name().into(),
        asked.name.into(),
        at_once.to_string(),
        if_measured(&bares, &rounded),
        rounded(rate(&floors)),
        rounded(rate(&ours)),
        format!("{:.2}", rate(&ours) / rate(&floors)),
        if at_once == 32 { format!("{:.1}", asked.aim) } else { "–".into() },
        milliseconds(p99(&floors)),
        milliseconds(p99(&ours)),
        if_measured(&sqlxs, &rounded),
        if_measured(&sqlxs, &|by_sqlx| format!("{:.2}", rate(&ours) / by_sqlx)),
    ])
}
