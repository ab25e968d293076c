//! Tallies say what counting would, whatever happens to rows, and whoever changes them at once.

use std::sync::Arc;

use atelier_domain::Preset;
use atelier_domain::task::{Review, WorkerStrategy};
use atelier_service::AppName;
use atelier_service::concepts::NewConcept;
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::tasks::{Labeller, NewTask};
use atelier_store::db::{FromRow, Param, Row, Sql};
use atelier_store::{Backend, Result};
use atelier_testkit::sharing::{join, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};

on_both_databases! {
    tallies_say_what_counting_would,
}

const INPUTS: usize = 40;

/// What both are asked for, as lines: the tallies, then the rows themselves.
const INPUTS_STAND: [&str; 2] = [
    "SELECT CAST(status AS TEXT) || ' ' || CAST(SUM(count) AS TEXT) AS fact FROM input_tallies \
     GROUP BY app_id, status HAVING SUM(count) <> 0 ORDER BY 1",
    "SELECT CAST(status AS TEXT) || ' ' || CAST(COUNT(*) AS TEXT) AS fact FROM inputs GROUP BY app_id, status ORDER BY 1",
];
const ASSIGNMENTS_STAND: [Sql; 2] = [
    Sql::differing(
        "SELECT state || ' ' || CASE worker WHEN X'' THEN 'pool' ELSE 'taken' END || ' ' || CAST(SUM(count) AS TEXT) \
         AS fact FROM assignment_tallies GROUP BY task_id, worker, state HAVING SUM(count) <> 0 ORDER BY 1",
        "SELECT state || ' ' || CASE WHEN worker_id IS NULL THEN 'pool' ELSE 'taken' END || ' ' || CAST(SUM(count) AS TEXT) \
         AS fact FROM assignment_tallies GROUP BY task_id, worker_id, state HAVING SUM(count) <> 0 ORDER BY 1",
    ),
    Sql::differing(COUNTED, COUNTED),
];
const COUNTED: &str = "SELECT state || ' ' || CASE WHEN worker_id IS NULL THEN 'pool' ELSE 'taken' END || ' ' || \
     CAST(COUNT(*) AS TEXT) AS fact FROM assignments GROUP BY task_id, worker_id, state ORDER BY 1";

/// What changes rows, each of one input or of the assignment of one.
const CHANGES: [&str; 5] = [
    "UPDATE inputs SET status = CASE status WHEN 30000 THEN 30001 ELSE 30000 END WHERE slug = $1",
    "UPDATE inputs SET metadata = NULL WHERE slug = $1",
    "UPDATE assignments SET state = CASE state WHEN 'done' THEN 'pending' ELSE 'done' END \
     WHERE input_id = (SELECT id FROM inputs WHERE slug = $1)",
    "UPDATE assignments SET worker_id = CASE WHEN worker_id IS NULL THEN (SELECT id FROM users WHERE slug = 'bo') END \
     WHERE input_id = (SELECT id FROM inputs WHERE slug = $1)",
    "DELETE FROM inputs WHERE slug = $1",
];

struct Fact(String);

impl FromRow for Fact {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self(row.get("fact")?))
    }
}

async fn facts(bench: &Bench, sql: impl Into<Sql>) -> Vec<String> {
    let mut tx = bench.service.store().read().await.unwrap();
    let facts: Vec<Fact> = tx.fetch_all(sql, &[]).await.unwrap();
    facts.into_iter().map(|fact| fact.0).collect()
}

/// Compares, and answers how inputs stand.
async fn agreed(bench: &Bench) -> Vec<String> {
    let [tallies, counted] = INPUTS_STAND;
    let stand = facts(bench, tallies).await;
    assert_eq!(stand, facts(bench, counted).await);
    let [tallies, counted] = ASSIGNMENTS_STAND;
    assert_eq!(facts(bench, tallies).await, facts(bench, counted).await);
    stand
}

async fn add(bench: &Bench, ada: &Person, app: &AppName, slugs: impl Iterator<Item = String>) {
    let inputs = slugs.map(|slug| NewInput {
        content: Content::Text(format!("The sign {slug} cannot be read.")),
        slug,
        metadata: None,
        labels: Default::default(),
        datasets: Vec::new(),
        place: None,
    });
    let inputs = PostInputs { inputs: inputs.collect(), ..PostInputs::default() };
    let posted = bench.service.post_inputs(&ada.who, app, inputs).await.unwrap();
    assert!(posted.inputs.iter().all(std::result::Result::is_ok));
}

async fn tallies_say_what_counting_would(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    join(&bench, &ada, &app, "bo", Preset::Worker.scopes()).await;
    let stop = NewConcept { slug: "stop".into(), name: "Stop".into(), ..NewConcept::default() };
    bench.service.post_concepts(&ada.who, &app, vec![stop]).await.unwrap();
    add(&bench, &ada, &app, (0..INPUTS).map(|number| format!("note-{number}"))).await;
    assert_eq!(agreed(&bench).await, [format!("30000 {INPUTS}")]);
    let task = NewTask {
        slug: "signs".into(),
        concepts: vec!["stop".into()],
        labellers: vec![Labeller::new("bo")],
        strategy: WorkerStrategy::Dynamic,
        review: Review::None,
        ..NewTask::default()
    };
    bench.service.post_tasks(&ada.who, &app, vec![task]).await.unwrap();
    agreed(&bench).await;

    let bench = Arc::new(bench);
    let changing = (0..6_usize).map(|first| {
        let bench = bench.clone();
        tokio::spawn(async move {
            for step in 0..60_usize {
                let slug = format!("note-{}", (first * 7 + step * 11) % INPUTS);
                let change = CHANGES[(first + step) % CHANGES.len()];
                let mut tx = bench.service.store().write().await.unwrap();
                tx.execute(change, &[Param::Text(Some(&slug))]).await.unwrap();
                // What is not committed has not happened.
                if step % 4 > 0 {
                    tx.commit().await.unwrap();
                }
            }
        })
    });
    for changing in changing.collect::<Vec<_>>() {
        changing.await.unwrap();
    }
    let left = agreed(&bench).await;
    assert!(
        !left.is_empty() && left != [format!("30000 {INPUTS}")],
        "something was changed, and something is left"
    );

    add(&bench, &ada, &app, (0..3).map(|number| format!("late-{number}"))).await;
    let stand = agreed(&bench).await;
    if bench.service.store().backend() == Backend::Postgres {
        // What is joined is the same in fewer rows.
        let mut tx = bench.service.store().write().await.unwrap();
        tx.execute("SELECT join_input_tallies(id) FROM apps", &[]).await.unwrap();
        tx.execute("SELECT join_assignment_tallies(id) FROM tasks", &[]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(agreed(&bench).await, stand);
        let rows =
            "SELECT CAST(status AS TEXT) || ' ' || CAST(count AS TEXT) AS fact FROM input_tallies ORDER BY 1";
        assert_eq!(facts(&bench, rows).await, stand);
    }
    bench.service.delete_tasks(&ada.who, &app, &["signs".to_owned()]).await.unwrap();
    agreed(&bench).await;
    assert_eq!(facts(&bench, ASSIGNMENTS_STAND[0]).await, Vec::<String>::new());
}
