//! How soon inputs are looked at, what is like them is found, and a model is trained.

use std::path::Path;
use std::time::Duration;

use atelier_domain::task::WorkerStrategy;
use atelier_domain::{Label, Labels, Medium, Training};
use atelier_service::AppName;
use atelier_service::apps::CreateApp;
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::models::NewModel;
use atelier_service::tasks::{Labeller, NewTask, Source};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use half::f16;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::document::Table;
use crate::fill::{APP, OWNER, account, open, sign_in};
use crate::load::{Answered, Question};
use crate::predict::photograph;
use crate::process::Server;
use crate::questions::{cookie, key, post};
use crate::stage::{Database, Place};
use crate::{Bench, Result, block_on, median, milliseconds, rounded, stopwatch};

/// How many pictures are added, and how many by one request.
const PICTURES: u32 = 320;
const AT_ONCE: u32 = 16;

/// How many pictures there are to be learned from or looked through, by how many numbers each is known, and how many
/// concepts they show.
const LEARNED: usize = 10_000;
const SEARCHED: usize = 100_000;
const WIDTH: usize = 1_280;
const CLASSES: usize = 10;

/// How long each search is asked for, and how often.
const TIME: Duration = Duration::from_secs(3);
const TIMES: usize = 3;

/// The task in which pictures are labelled, and how many others are added in a second meanwhile.
const TASK: &str = "signs";
const ADDED: f64 = 30.0;

/// How many trainings wait for each other while a page is asked for.
const TRAININGS: usize = 4;

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(600);

/// Measures all of it on SQLite.
pub(crate) fn measure(bench: &Bench) -> Result<String> {
    let looked_at = look_at(bench)?;
    let trained = train(bench)?;
    let searched = search(bench)?;
    let beside = beside(bench)?;
    Ok(format!("{looked_at}\n{trained}\n{searched}\n{beside}"))
}

/// An app in a place of its own.
struct App {
    place: Place,
    /// The token of whose it is, and their session.
    token: String,
    session: String,
    /// The version of the public model that looks at pictures.
    sees: String,
}

impl App {
    /// One with so many texts, which show one concept after the other if they are labelled.
    fn of(bench: &Bench, texts: usize, is_labelled: bool) -> Result<Self> {
        let place = Place::new(Database::Sqlite, &bench.postgres, "learning")?;
        let (token, session, sees) = block_on(fill(place.folder(), &place.url(), texts, is_labelled))?;
        Ok(Self { place, token, session, sees })
    }

    fn database(&self) -> Result<Connection> {
        let url = self.place.url();
        Ok(Connection::open(url.strip_prefix("sqlite:").ok_or("it is a file")?)?)
    }

    fn post(&self, server: &Server, path: &str, body: Value) -> Question {
        let url = format!("{}/v2/users/{OWNER}/apps/{APP}{path}", server.url);
        post(url, &[&key(&self.token)], [body])
    }

    /// One of its pages.
    fn page(&self, server: &Server, path: &str) -> Question {
        Question::get(format!("{}/{OWNER}/{APP}{path}", server.url), &[&cookie(&self.session)])
    }

    /// Begins to train the model.
    fn train(&self, bench: &Bench, server: &Server) -> Result<()> {
        bench.load.once(&self.post(server, "/models/signs/versions", json!({ "model_versions": [{}] })))?;
        Ok(())
    }

    /// How the newest training stands, and why.
    fn training(&self) -> Result<(String, String)> {
        let newest = "SELECT state, why FROM model_versions ORDER BY id DESC LIMIT 1";
        Ok(self.database()?.query_row(newest, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// Waits until a count of rows is so many.
    fn wait(&self, sql: &str, until: i64) -> Result<()> {
        let (database, waited) = (self.database()?, stopwatch());
        while database.query_row(sql, [], |row| row.get::<_, i64>(0))? != until {
            if waited.elapsed() > PATIENCE {
                return Err(format!("it never comes to {until}: {sql}").into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

async fn fill(folder: &Path, url: &str, texts: usize, is_labelled: bool) -> Result<(String, String, String)> {
    let service = open(folder, url).await?;
    let (ada, token) = account(&service, OWNER).await?;
    let (session, ada) = sign_in(&service, &ada).await?;
    service.create_app(&ada, &CreateApp { slug: APP.into(), ..CreateApp::default() }).await?;
    let app = AppName::of(OWNER, APP);
    let numbers: Vec<usize> = (0..texts).collect();
    for some in numbers.chunks(1_000) {
        let mut inputs = Vec::with_capacity(some.len());
        for number in some {
            let concept = format!("sign-{}", number % CLASSES).parse()?;
            let labels = if is_labelled { vec![Label { concept, value: 1.0 }] } else { Vec::new() };
            inputs.push(NewInput {
                slug: format!("picture-{number}"),
                content: Content::Text(format!("Number {number}.")),
                metadata: None,
                labels: Labels { concepts: labels, regions: Vec::new() },
                datasets: Vec::new(),
                place: None,
            });
        }
        service.post_inputs(&ada, &app, PostInputs { inputs, ..PostInputs::default() }).await?;
    }
    if is_labelled {
        let settings = Training { medium: Some(Medium::Image), is_exclusive: true, ..Training::default() };
        let new = NewModel { slug: "signs".into(), settings, ..NewModel::default() };
        service.post_models(&ada, &app, vec![new]).await?;
        let task = NewTask {
            slug: TASK.into(),
            concepts: (0..CLASSES).map(|number| format!("sign-{number}")).collect(),
            source: Source::Inputs((0..100).map(|number| format!("picture-{number}")).collect()),
            labellers: vec![Labeller::new(OWNER)],
            strategy: WorkerStrategy::Dynamic,
            ..NewTask::default()
        };
        service.post_tasks(&ada, &app, vec![task]).await?;
    }
    let public = service.list_public_models(&ada, &app).await?.into_iter();
    let sees = public.filter(|model| model.takes == Some(Medium::Image)).find_map(|model| model.version);
    let sees = sees.ok_or("no public model looks at pictures")?.slug;
    service.store().close().await;
    Ok((token.expose().to_owned(), session, sees))
}

/// A number from -1 to 1 that looks as if by chance, and is the same for the same numbers.
fn chance(one: usize, other: usize) -> f32 {
    let mixed = (one.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ other.wrapping_mul(0xC2B2_AE3D_27D4_EB4F))
        .wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let byte = u16::try_from(mixed >> 48).unwrap_or_default();
    f32::from(byte) / f32::from(u16::MAX) * 2.0 - 1.0
}

/// Makes pictures of all texts, as far as the database knows, and says by vectors what they look like: those of one concept are
/// somewhat like each other.
fn pretend(app: &App) -> Result<()> {
    let mut database = app.database()?;
    let written = database.transaction()?;
    written.execute_batch(
        "UPDATE inputs SET kind = 'image', media_type = 'image/png'; DELETE FROM embedding_queue; \
         INSERT INTO embedding_changes (app_id, last) SELECT id, 0 FROM apps WHERE true ON CONFLICT DO NOTHING;",
    )?;
    let ids: Vec<(Vec<u8>, Vec<u8>)> = {
        let mut inputs = written.prepare("SELECT id, app_id FROM inputs ORDER BY id")?;
        let rows = inputs.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    {
        let mut insert = written.prepare(
            "INSERT INTO embeddings (input_id, app_id, kind, model, vector, change) VALUES (?1, ?2, 'image', ?3, ?4, ?5)",
        )?;
        for (number, (id, app_id)) in ids.iter().enumerate() {
            let value = |at: usize| chance(number % CLASSES, at) * 0.2 + chance(number + 1_000, at);
            let vector: Vec<u8> = (0..WIDTH).flat_map(|at| f16::from_f32(value(at)).to_le_bytes()).collect();
            insert.execute(rusqlite::params![id, app_id, app.sees, vector, i64::try_from(number + 1)?])?;
        }
    }
    written.execute("UPDATE embedding_changes SET last = ?1", [i64::try_from(ids.len())?])?;
    written.commit()?;
    Ok(())
}

/// How many pictures a second are added and looked at.
fn look_at(bench: &Bench) -> Result<String> {
    let app = App::of(bench, 0, false)?;
    let server = app.place.serve(bench)?;
    let input = |seed: u32| -> Result<Value> {
        Ok(json!({ "data": { "image": { "base64": STANDARD.encode(photograph(seed)?) } } }))
    };
    // The first one loads the model.
    bench.load.once(&app.post(&server, "/inputs", json!({ "inputs": [input(PICTURES)?] })))?;
    app.wait("SELECT COUNT(*) FROM embeddings", 1)?;
    let mut requests = Vec::new();
    for first in (0..PICTURES).step_by(AT_ONCE as usize) {
        let inputs = (first..first + AT_ONCE).map(input).collect::<Result<Vec<_>>>()?;
        requests.push(app.post(&server, "/inputs", json!({ "inputs": inputs })));
    }
    let added = stopwatch();
    for request in &requests {
        bench.load.once(request)?;
    }
    let there = added.elapsed();
    app.wait("SELECT COUNT(*) FROM embeddings", i64::from(PICTURES) + 1)?;
    let all = added.elapsed();
    let rate = |time: Duration| f64::from(PICTURES) / time.as_secs_f64();
    Ok(format!(
        "**Adding pictures.** {PICTURES} photographs of 640 × 480 pixels, {AT_ONCE} in one request, one request after the other: \
         {:.0} a second are added, and {:.0} a second are there and looked at, on two processors (aim 30 for each of them).\n",
        rate(there),
        rate(all)
    ))
}

/// How long a training takes, and how much memory.
fn train(bench: &Bench) -> Result<String> {
    let app = App::of(bench, LEARNED, true)?;
    pretend(&app)?;
    let server = app.place.serve(bench)?;
    let before = server.memory()?;
    let begun = stopwatch();
    app.train(bench, &server)?;
    let mut most = before;
    let state = loop {
        std::thread::sleep(Duration::from_millis(50));
        most = most.max(server.memory()?);
        let state = app.training()?;
        if !["pending", "training"].contains(&state.0.as_str()) {
            break state;
        }
        if begun.elapsed() > PATIENCE {
            return Err("the training does not end".into());
        }
    };
    if state.0 != "trained" {
        return Err(format!("the training {}: {}", state.0, state.1).into());
    }
    let took = begun.elapsed();
    #[expect(clippy::cast_precision_loss, reason = "that are fifty million bytes")]
    let data = (LEARNED * WIDTH * size_of::<f32>()) as f64 / 1_048_576.0;
    Ok(format!(
        "**Training.** {} pictures, {WIDTH} numbers each, {CLASSES} concepts of which each shows one, judged by cross-validation \
         and with the penalty chosen: {:.1} s from the request until it is trained. The server held {before:.0} MB before and \
         {most:.0} MB at most; the examples themselves are {data:.0} MB, so that this is {:.1} times as much (aim 3).\n",
        rounded(LEARNED as f64),
        took.as_secs_f64(),
        (most - before) / data
    ))
}

/// How long it takes to find what a picture is like.
fn search(bench: &Bench) -> Result<String> {
    let app = App::of(bench, SEARCHED, false)?;
    pretend(&app)?;
    let server = app.place.serve(bench)?;
    let ranked = |filters: Value| {
        let rank = json!({ "annotation": { "input_id": "picture-77" } });
        let query = json!({ "ranks": [rank], "filters": filters });
        let body = json!({ "searches": [{ "query": query }], "pagination": { "page": 1, "per_page": 20 } });
        app.post(&server, "/inputs/searches", body)
    };
    let all = ranked(json!([]));
    let first = bench.load.once(&all)?;
    let mut table = Table::new(&["asked for", "median", "99 of 100 within"]);
    for (name, question) in [
        ("the 20 likest of all", all),
        (
            "the 20 likest of those that have a word",
            ranked(json!([{ "input": { "data": { "text": { "raw": "number" } } } }])),
        ),
    ] {
        let mut answered = Vec::new();
        for _ in 0..TIMES {
            answered.push(bench.load.at_most(&question, 1, TIME)?);
        }
        let half = median(answered.iter().map(|answered| answered.median).collect());
        let nearly_all = median(answered.iter().map(|answered| answered.p99).collect());
        table.add(vec![name.into(), milliseconds(half), milliseconds(nearly_all)]);
    }
    Ok(format!(
        "**Searching by likeness** among {} pictures, {WIDTH} numbers each, over REST by one connection, with permission, the \
         filter and the answer's JSON. Comparing all of them takes 3.9 ms by itself; aim twice that. The first search, which \
         reads them into memory, took {}; the server held {:.0} MB after all of this.\n\n{}",
        rounded(SEARCHED as f64),
        milliseconds(first),
        server.memory()?,
        table.text()
    ))
}

/// How quick pages are while pictures are looked at, and while a model is trained.
fn beside(bench: &Bench) -> Result<String> {
    let app = App::of(bench, LEARNED, true)?;
    pretend(&app)?;
    let server = app.place.serve(bench)?;
    let pictures = (0..AT_ONCE).map(|seed| {
        let picture = STANDARD.encode(photograph(seed)?);
        Ok(json!({ "inputs": [{ "data": { "image": { "base64": picture } } }] }))
    });
    let url = format!("{}/v2/users/{OWNER}/apps/{APP}/inputs", server.url);
    let added = post(url, &[&key(&app.token)], pictures.collect::<Result<Vec<_>>>()?);
    let mut table = Table::new(&["page", "beside", "median", "99 of 100 within"]);
    for (name, path) in [
        ("collaborators", "/settings/collaborators".to_owned()),
        ("labelling", format!("/tasks/{TASK}/label")),
    ] {
        let page = app.page(&server, &path);
        let mut tell = |beside: &str, answered: Answered| {
            let times = [answered.median, answered.p99].map(milliseconds);
            table.add([name.to_owned(), beside.to_owned()].into_iter().chain(times).collect());
        };
        tell("nothing", bench.load.at_most(&page, 1, TIME)?);
        let adding = bench.load.paced(&added, ADDED, 4, TIME)?;
        tell("pictures that are added and looked at", bench.load.at_most(&page, 1, TIME)?);
        adding.end()?;
        app.wait("SELECT COUNT(*) FROM embedding_queue", 0)?;
        // One after the other, so that one is under way all the time.
        for _ in 0..TRAININGS {
            app.train(bench, &server)?;
        }
        let answered = bench.load.at_most(&page, 1, TIME)?;
        if app.training()?.0 == "trained" {
            return Err("the trainings were over before the page was measured".into());
        }
        tell("trainings", answered);
        app.wait("SELECT COUNT(*) FROM model_versions WHERE state <> 'trained'", 0)?;
    }
    Ok(format!(
        "**Pages meanwhile**, on one connection for {} s each: {ADDED} photographs added in a second, or one training of \
         above after the other. Work beside requests gives way to them.\n\n{}",
        TIME.as_secs(),
        table.text()
    ))
}
