//! Whether an app of a million inputs and five million annotations is as quick as one of ten thousand.

pub(crate) mod fill;

use std::time::Duration;

use serde_json::json;

use crate::document::Table;
use crate::fill::{APP, OWNER};
use crate::load::Question;
use crate::process::Server;
use crate::questions::{cookie, key, post};
use crate::stage::{Database, Place};
use crate::{Bench, Result, block_on, median, milliseconds, rounded};
use fill::Scaled;

/// For how long each is asked, and how often.
const TIME: Duration = Duration::from_secs(3);
const TIMES: usize = 3;

/// The sizes that are compared, by their inputs.
const SIZES: [u32; 2] = [10_000, 1_000_000];

/// How many texts one request brings.
const TEXTS: usize = 1_000;

/// One thing that is asked for in both sizes.
struct Asked {
    name: &'static str,
    aim: Duration,
    question: Question,
}

/// What was measured in one size.
struct Measured {
    /// By the name of what was asked for, with its aim.
    times: Vec<(&'static str, Duration, Duration)>,
    /// How many texts came in each second.
    texts: f64,
}

/// Measures both databases in both sizes.
pub(crate) fn measure(bench: &Bench) -> Result<String> {
    let mut table =
        Table::new(&["database", "asked for", "10,000 inputs", "1,000,000 inputs", "times as long", "aim"]);
    let mut texts =
        Table::new(&["database", "among 10,000 inputs", "among 1,000,000 inputs", "texts a second, aim"]);
    for database in [Database::Sqlite, Database::Postgres] {
        let [small, large] =
            [measure_one(bench, database, SIZES[0])?, measure_one(bench, database, SIZES[1])?];
        for ((name, aim, few), (_, _, many)) in small.times.iter().zip(&large.times) {
            table.add(vec![
                database.name().into(),
                (*name).into(),
                milliseconds(*few),
                milliseconds(*many),
                format!("{:.2}", many.as_secs_f64() / few.as_secs_f64()),
                milliseconds(*aim),
            ]);
        }
        texts.add(vec![database.name().into(), rounded(small.texts), rounded(large.texts), rounded(5_000.0)]);
    }
    Ok(format!(
        "The same app with 10,000 texts and 50,000 annotations, and with 1,000,000 and 5,000,000: on one connection, \
         medians of {TIMES} times {} s. Pages are HTML as the server makes them, for the owner unless another is named. A \
         concept is in one of forty inputs, a word in one of a thousand or in all of them. Half of the task's inputs, at most \
         half a million, are done. Aim: the time named, and at most twice the time of the small app.\n\n{}\n\
         Texts added by `PostInputs`, {TEXTS} in one request, by one connection.\n\n{}",
        TIME.as_secs(),
        table.text(),
        texts.text()
    ))
}

fn measure_one(bench: &Bench, database: Database, inputs: u32) -> Result<Measured> {
    eprintln!("  filling {} with {} inputs", database.name(), rounded(inputs.into()));
    let place = Place::new(database, &bench.postgres, "scale")?;
    let scaled = block_on(fill::fill(place.folder(), &place.url(), inputs))?;
    place.settle()?;
    let server = place.serve(bench)?;
    let mut times = vec![("the next ten of a task, taken", ms(25), taken(&server, &scaled)?)];
    for Asked { name, aim, question } in questions(&server, &scaled) {
        let mut measured = Vec::new();
        for _ in 0..TIMES {
            measured.push(bench.load.at_most(&question, 1, TIME)?.median);
        }
        times.push((name, aim, median(measured)));
    }
    // Last, since it makes the app larger.
    let mut texts = Vec::new();
    for _ in 0..TIMES {
        texts.push(bench.load.at_most(&adding(&server, &scaled), 1, TIME)?.per_second);
    }
    #[expect(clippy::cast_precision_loss, reason = "it is a thousand")]
    let texts = median(texts) * TEXTS as f64;
    Ok(Measured { times, texts })
}

const fn ms(number: u64) -> Duration {
    Duration::from_millis(number)
}

fn questions(server: &Server, scaled: &Scaled) -> Vec<Asked> {
    let page = |path: &str, session: &str| {
        Question::get(format!("{}/{OWNER}/{APP}{path}", server.url), &[&cookie(session)])
    };
    let owner = |query: &str| page(&format!("/inputs{query}"), &scaled.owner_session);
    let search = |query: serde_json::Value| {
        let body = json!({ "query": query, "pagination": { "per_page": 48 } });
        post(format!("{}{}", server.url, in_app("/inputs/searches")), &[&key(&scaled.owner_token)], [body])
    };
    let of_concept = json!({ "filters": [{ "annotation": { "data": { "concepts": [{ "id": "sign-7", "value": 1 }] } } }] });
    let next = format!("/tasks/{}/assignments", fill::TASK);
    let next = Question::get(format!("{}{}", server.url, in_app(&next)), &[&key(&scaled.labellers[0].token)]);
    let asked = |name, question| Asked { name, aim: ms(25), question };
    vec![
        asked("explorer, first page", owner("")),
        asked("explorer, page 1,000", owner(&format!("?after={}", scaled.after.simple()))),
        asked("explorer, one concept", owner("?q=said%28concept%3Asign-7%29")),
        asked("explorer, a word of few", owner("?q=text%28street7%29")),
        asked("explorer, a word of all", owner("?q=text%28sign%29")),
        asked("search for one concept (API)", search(of_concept)),
        asked("explorer, who reaches ten inputs", page("/inputs", &scaled.limited_session)),
        asked("what is next in a task (API)", next),
        Asked {
            name: "labelling page",
            aim: ms(10),
            question: page(&format!("/tasks/{}/label", fill::TASK), &scaled.labellers[0].session),
        },
    ]
}

/// How long each of the other labellers waits for their first ten inputs.
fn taken(server: &Server, scaled: &Scaled) -> Result<Duration> {
    let path = in_app(&format!("/tasks/{}/assignments", fill::TASK));
    let others = scaled.labellers.iter().skip(1);
    let waited = others.map(|labeller| server.time(&path, &[&key(&labeller.token)]));
    Ok(median(waited.collect::<Result<_>>()?))
}

/// A thousand texts, by the owner.
fn adding(server: &Server, scaled: &Scaled) -> Question {
    let texts: Vec<_> = (0..TEXTS)
        .map(|number| {
            let text =
                format!("On the way back, sign {number} could be read from the other side of the canal.");
            json!({ "data": { "text": { "raw": text }, "metadata": { "way": number } } })
        })
        .collect();
    post(
        format!("{}{}", server.url, in_app("/inputs")),
        &[&key(&scaled.owner_token)],
        [json!({ "inputs": texts })],
    )
}

fn in_app(path: &str) -> String {
    format!("/v2/users/{OWNER}/apps/{APP}{path}")
}
