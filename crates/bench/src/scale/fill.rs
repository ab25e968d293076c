//! An app of any size. People, concepts and the task are made by the service; inputs, annotations and assignments, of which
//! there are millions, by statements of their own.

use std::path::Path;

use atelier_domain::task::{Review, WorkerStrategy};
use atelier_domain::{Preset, Reach};
use atelier_service::apps::CreateApp;
use atelier_service::collaborators::{AddCollaborators, Invitee};
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::tasks::{Labeller, NewTask, Source};
use atelier_service::{AppName, Service, Who};
use sqlx::{Connection as _, Executor as _, PgConnection};
use uuid::Uuid;

use crate::Result;
use crate::fill::{APP, OWNER, account, add_concepts, open, sign_in};

/// The task in which everybody labels.
pub(super) const TASK: &str = "signs";

/// How many people label.
const LABELLERS: usize = 20;

/// The most assignments of a task.
const ASSIGNED: u32 = 500_000;

/// When the first of them was added, in milliseconds: one came in each microsecond, and its identifier says so.
const SINCE: u64 = 1_718_000_000_000;

/// Behind how many inputs page 1,000 begins.
const BEFORE_PAGE: u32 = 999 * 48;

/// Somebody who labels.
pub(crate) struct Person {
    pub(crate) token: String,
    pub(crate) session: String,
}

/// Who asks for what.
pub(crate) struct Scaled {
    pub(crate) owner_token: String,
    pub(crate) owner_session: String,
    pub(crate) labellers: Vec<Person>,
    /// Somebody who reaches only what the task gave them: ten inputs.
    pub(crate) limited_session: String,
    /// The last input before page 1,000; of an app that has fewer pages, the one in the middle.
    pub(crate) after: Uuid,
}

/// Fills the empty database at `url` with so many inputs, five times as many annotations, and a task of the first half
/// million of them at most.
pub(crate) async fn fill(folder: &Path, url: &str, inputs: u32) -> Result<Scaled> {
    let service = open(folder, url).await?;
    let (ada, owner_token) = account(&service, OWNER).await?;
    let (owner_session, ada) = sign_in(&service, &ada).await?;
    service.create_app(&ada, &CreateApp { slug: APP.into(), ..CreateApp::default() }).await?;
    let app = AppName::of(OWNER, APP);
    let mut labellers = Vec::with_capacity(LABELLERS);
    for number in 0..LABELLERS {
        let (address, token) = account(&service, &format!("labeller-{number}")).await?;
        let session = sign_in(&service, &address).await?.0;
        labellers.push(Person { token: token.expose().to_owned(), session });
    }
    let (limited, _) = account(&service, "limited").await?;
    let add = |people, reach| AddCollaborators {
        people,
        reach,
        scopes: Preset::Worker.scopes(),
        ..AddCollaborators::default()
    };
    let people = (0..LABELLERS).map(|number| Invitee::User(format!("labeller-{number}"))).collect::<Vec<_>>();
    service.add_collaborators(&ada, &app, &add(people, Reach::Everything)).await?;
    let people = vec![Invitee::User("limited".into())];
    service.add_collaborators(&ada, &app, &add(people, Reach::Assigned)).await?;
    make_task(&service, &ada, &app).await?;
    service.store().close().await;
    multiply(url, inputs).await?;

    let service = open(folder, url).await?;
    let (limited_session, limited) = sign_in(&service, &limited).await?;
    service.next_to_label(&limited, &app, TASK).await?;
    service.store().close().await;
    let behind = inputs - BEFORE_PAGE.min(inputs / 2);
    Ok(Scaled {
        owner_token: owner_token.expose().to_owned(),
        owner_session,
        labellers,
        limited_session,
        after: format!("{:012x}7{:03x}8000{behind:012x}", SINCE + u64::from(behind / 1_000), behind % 1_000)
            .parse()?,
    })
}

/// Concepts, a text, and the task that everybody labels in.
async fn make_task(service: &Service, ada: &Who, app: &AppName) -> Result<()> {
    add_concepts(service, ada, app).await?;
    let input = NewInput {
        slug: "text-0".into(),
        content: Content::Text("The first sign of the walk.".into()),
        metadata: None,
        labels: Default::default(),
        datasets: Vec::new(),
        place: None,
    };
    service.post_inputs(ada, app, PostInputs { inputs: vec![input], ..PostInputs::default() }).await?;
    let mut people: Vec<Labeller> =
        (0..LABELLERS).map(|number| Labeller::new(format!("labeller-{number}"))).collect();
    people.push(Labeller::new("limited"));
    let task = NewTask {
        slug: TASK.into(),
        concepts: (0..9).map(|number| format!("sign-{number}")).collect(),
        source: Source::Inputs(vec!["text-0".into()]),
        labellers: people,
        strategy: WorkerStrategy::Dynamic,
        review: Review::None,
        ..NewTask::default()
    };
    service.post_tasks(ada, app, vec![task]).await?;
    Ok(())
}

/// What is said of input `n` by its `k`th labeller, in the words that both databases share: `who` is the labeller's number,
/// `concept` the concept's.
const NUMBERS: &str = "(n * 5 + k) % 20 AS who, (n * 7 + k * 31) % 200 AS concept";

/// Makes the inputs from 1 on, five annotations of each, and assignments of the first of them, of which half are done.
async fn multiply(url: &str, inputs: u32) -> Result<()> {
    let assigned = inputs.min(ASSIGNED);
    let text =
        "'On walk ' || n || ' the sign behind the leaves of street' || (n % 1000) || ' could not be read.'";
    match url.strip_prefix("sqlite:") {
        Some(path) => multiply_sqlite(Path::new(path), inputs, assigned, text),
        None => multiply_postgres(url, inputs, assigned, text).await,
    }
}

fn multiply_sqlite(path: &Path, inputs: u32, assigned: u32, text: &str) -> Result<()> {
    let connection = rusqlite::Connection::open(path)?;
    let numbers = |until: u32| {
        format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {until})"
        )
    };
    let input = format!("unhex(printf('%012x7%03x8000%012x', {SINCE} + n / 1000, n % 1000, n))");
    let said = format!("unhex(printf('%012x7%03x8001%012x', {SINCE} + n / 1000, n % 1000, n * 8 + k))");
    let all = format!(
        "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; BEGIN; \
         INSERT INTO inputs (id, app_id, slug, kind, body, media_type, size, sha256, metadata, status, created_by, \
         created_at, changed_at) {} SELECT {input}, a.id, 'text-' || n, 'text', {text}, 'text/plain', length({text}), \
         unhex(printf('%064x', n)), '{{\"walk\":' || n || '}}', 30000, a.owner_id, a.created_at + n, a.created_at + n \
         FROM numbers, apps a; \
         CREATE TEMP TABLE people AS SELECT CAST(substr(slug, 10) AS INTEGER) AS number, id FROM users \
         WHERE slug LIKE 'labeller-%'; CREATE TEMP TABLE turns (k); INSERT INTO turns VALUES (0), (1), (2), (3), (4); \
         INSERT INTO annotations (id, app_id, slug, input_id, user_id, data, status, created_at, changed_at) {} \
         SELECT {said}, a.id, 'said-' || n || '-' || k, {input}, p.id, \
         '{{\"concepts\":[{{\"concept\":\"sign-' || concept || '\",\"value\":1.0}}],\"regions\":[]}}', 24150, a.created_at + n, \
         a.created_at + n FROM (SELECT n, k, {NUMBERS} FROM numbers CROSS JOIN turns) CROSS JOIN apps a \
         JOIN people p ON p.number = who; \
         INSERT INTO annotation_concepts (annotation_id, app_id, concept, value, input_id) {} \
         SELECT {said}, a.id, 'sign-' || concept, 1.0, {input} \
         FROM (SELECT n, k, {NUMBERS} FROM numbers CROSS JOIN turns) CROSS JOIN apps a; \
         INSERT INTO assignments (task_id, position, place, app_id, input_id, worker_id, pooled, state, round, changed_at, \
         submitted_at) {} SELECT t.id, n, 0, t.app_id, {input}, CASE WHEN n <= {assigned} / 2 THEN p.id END, 0, \
         CASE WHEN n <= {assigned} / 2 THEN 'done' ELSE 'pending' END, 1, t.created_at, t.created_at \
         FROM numbers CROSS JOIN tasks t JOIN people p ON p.number = n % 20; COMMIT; \
         PRAGMA wal_checkpoint(TRUNCATE);",
        numbers(inputs),
        numbers(inputs),
        numbers(inputs),
        numbers(assigned),
    );
    Ok(connection.execute_batch(&all)?)
}

async fn multiply_postgres(url: &str, inputs: u32, assigned: u32, text: &str) -> Result<()> {
    let numbers = |until: u32| format!("generate_series(1, {until}) AS n");
    let moment =
        format!("lpad(to_hex({SINCE} + n / 1000), 12, '0') || '7' || lpad(to_hex(n % 1000), 3, '0')");
    let input = format!("CAST({moment} || '8000' || lpad(to_hex(n), 12, '0') AS UUID)");
    let said = format!("CAST({moment} || '8001' || lpad(to_hex(n * 8 + k), 12, '0') AS UUID)");
    let person = "(SELECT id FROM people WHERE number = who)";
    let statements = [
        "SET synchronous_commit = off".to_owned(),
        "CREATE TEMP TABLE people AS SELECT CAST(substr(slug, 10) AS INTEGER) AS number, id FROM users \
         WHERE slug LIKE 'labeller-%'"
            .to_owned(),
        format!(
            "INSERT INTO inputs (id, app_id, slug, kind, body, media_type, size, sha256, metadata, status, created_by, \
             created_at, changed_at) SELECT {input}, a.id, 'text-' || n, 'text', {text}, 'text/plain', length({text}), \
             decode(lpad(to_hex(n), 64, '0'), 'hex'), jsonb_build_object('walk', n), 30000, a.owner_id, a.created_at + n, \
             a.created_at + n FROM apps a, {}",
            numbers(inputs)
        ),
        format!(
            "INSERT INTO assignments (task_id, position, place, app_id, input_id, worker_id, pooled, state, round, \
             changed_at, submitted_at) SELECT t.id, n, 0, t.app_id, {input}, CASE WHEN n <= {assigned} / 2 THEN {person} END, \
             FALSE, CASE WHEN n <= {assigned} / 2 THEN 'done' ELSE 'pending' END, 1, t.created_at, t.created_at \
             FROM tasks t, (SELECT n, n % 20 AS who FROM {}) s",
            numbers(assigned)
        ),
        // What refers to rows that are there is not checked five million times.
        "SET session_replication_role = replica".to_owned(),
        format!(
            "INSERT INTO annotations (id, app_id, slug, input_id, user_id, data, status, created_at, changed_at) \
             SELECT {said}, a.id, 'said-' || n || '-' || k, {input}, {person}, jsonb_build_object('concepts', \
             jsonb_build_array(jsonb_build_object('concept', 'sign-' || concept, 'value', 1.0)), 'regions', \
             jsonb_build_array()), 24150, a.created_at + n, a.created_at + n \
             FROM apps a, (SELECT n, k, {NUMBERS} FROM {}, generate_series(0, 4) AS k) s",
            numbers(inputs)
        ),
        format!(
            "INSERT INTO annotation_concepts (annotation_id, app_id, concept, value, input_id) \
             SELECT {said}, a.id, 'sign-' || concept, 1.0, {input} \
             FROM apps a, (SELECT n, k, {NUMBERS} FROM {}, generate_series(0, 4) AS k) s",
            numbers(inputs)
        ),
    ];
    let mut connection = PgConnection::connect(url).await?;
    for statement in statements {
        connection.execute(sqlx::AssertSqlSafe(statement)).await?;
    }
    Ok(())
}
