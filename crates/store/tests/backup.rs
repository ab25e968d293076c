//! Backups: made while others write, restored into either database, and refused when anything in them was changed.

mod filled;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use atelier_domain::Endpoint;
use atelier_domain::Labels;
use atelier_service::Service;
use atelier_service::inputs::{Content, InputsFilter, NewInput, PictureSize, PostInputs};
use atelier_service::models::{ModelName, Predict, Wanted};
use atelier_service::search::{Finds, Part};
use atelier_store::backup::{Backup, BackupError, make};
use atelier_store::db::{FromRow, Row};
use atelier_store::{Backend, Objects, Result, Schema, Store};
use atelier_testkit::{Bench, Database, on_both_databases};
use filled::Filled;

on_both_databases! {
    a_restored_copy_is_identical_whichever_database_it_is_in,
    a_backup_made_while_others_write_is_of_one_moment,
    every_table_of_the_schema_is_backed_up,
    what_was_lost_before_is_told_and_keeps_nobody_from_the_rest,
    nothing_is_restored_over_anything,
    nothing_is_left_of_a_backup_that_could_not_be_restored,
}

const MADE_AT: &str = "2026-01-01T12:00:00Z";

fn other(backend: Backend) -> Database {
    match backend {
        Backend::Sqlite => Database::Postgres,
        Backend::Postgres => Database::Sqlite,
    }
}

async fn back_up(bench: &Bench, name: &str) -> PathBuf {
    let folder = bench.folder().join(name);
    make(bench.service.store(), bench.service.objects(), &folder, MADE_AT)
        .await
        .expect("a backup can be made");
    folder
}

async fn restored(folder: &Path, database: Database) -> Bench {
    let bench = Bench::open(database).await;
    let backup = Backup::open(folder).expect("the backup is whole");
    backup.restore(bench.service.store(), bench.service.objects()).await.expect("it can be restored");
    bench
}

/// Every file below `folder`, by its path, with its content.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, folder, &mut found);
    found.sort();
    found
}

/// The first file that is not the same in both backups.
fn difference(one: &Path, other: &Path) -> Option<String> {
    let (one, other) = (files(one), files(other));
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&one), names(&other));
    one.into_iter().zip(other).find(|(one, other)| one != other).map(|((name, one), (_, other))| {
        format!("{name}:\n{}\n{}", String::from_utf8_lossy(&one), String::from_utf8_lossy(&other))
    })
}

async fn a_restored_copy_is_identical_whichever_database_it_is_in(bench: Bench) {
    let filled = Filled::fill(&bench).await;
    let first = back_up(&bench, "first").await;
    for database in [Database::Sqlite, Database::Postgres] {
        let copy = restored(&first, database).await;
        let second = back_up(&copy, "second").await;
        assert_eq!(difference(&first, &second), None, "{database:?}");
        // It is in use again: whoever was signed in still is, and pictures are where they were.
        let page = async |service: &Service| {
            let page =
                service.list_inputs(&filled.ada.who, &filled.app, &InputsFilter::default(), 0, 10).await;
            page.unwrap().inputs
        };
        let inputs = page(&copy.service).await;
        assert!(!inputs.is_empty());
        assert_eq!(inputs, page(&bench.service).await);
        // Words are told in no backup, and are found nevertheless.
        let part = Part { after: None, skip: 0, size: 10 };
        let found = copy.service.search_by_id(&filled.ada.who, &filled.app, "bent", part).await.unwrap();
        assert!(matches!(found.value.finds, Finds::Inputs(page) if page.rows.len() == 1), "{database:?}");
        let picture =
            copy.service.picture(&filled.ada.who, &filled.app, "crossing", PictureSize::Original).await;
        assert_eq!(picture.unwrap().bytes, filled.picture);
        // So is what was uploaded as a model.
        let model = ModelName::at(&filled.app, "colours", "");
        let inputs = vec![Content::Image(filled.picture.clone())];
        let ask = Predict { model, inputs, wanted: Wanted::default() };
        let asked = copy.service.predict(&filled.ada.who, &filled.app, Endpoint::PostModelOutputs, ask).await;
        assert!(asked.unwrap().outputs[0].is_ok(), "{database:?}");
    }
}

/// Adds and deletes pictures, one after the other, until it is told to stop. Each has a text beside it, added later and
/// deleted earlier: so there is none without its picture at any moment.
async fn keep_writing(bench: Arc<Bench>, filled: Arc<Filled>, stop: Arc<AtomicBool>, writer: usize) -> usize {
    let (service, who, app) = (&bench.service, &filled.ada.who, &filled.app);
    let mut count = 0;
    while !stop.load(Ordering::SeqCst) {
        count += 1;
        let (picture, text) = (format!("picture-{writer}-{count}"), format!("text-{writer}-{count}"));
        for (slug, content) in [
            (&picture, Content::Image(filled.picture.clone())),
            (&text, Content::Text(format!("beside {picture}"))),
        ] {
            let input = NewInput {
                slug: slug.clone(),
                content,
                metadata: None,
                place: None,
                labels: Labels::default(),
                datasets: Vec::new(),
            };
            let posted = service
                .post_inputs(who, app, PostInputs { inputs: vec![input], ..PostInputs::default() })
                .await;
            posted.unwrap().inputs.remove(0).unwrap();
            bench.clock.advance(1_000);
        }
        if count % 3 != 0 {
            for slug in [text, picture] {
                service.delete_inputs(who, app, Endpoint::DeleteInput, &[slug]).await.unwrap();
            }
        }
    }
    count
}

async fn a_backup_made_while_others_write_is_of_one_moment(bench: Bench) {
    let database = other(bench.service.store().backend());
    let filled = Arc::new(Filled::fill(&bench).await);
    let bench = Arc::new(bench);
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..3)
        .map(|writer| tokio::spawn(keep_writing(bench.clone(), filled.clone(), stop.clone(), writer)))
        .collect();
    let mut backups = Vec::new();
    for number in 0..4 {
        // In between there is always something new to copy.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        backups.push(back_up(&bench, &format!("backup-{number}")).await);
    }
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        assert!(writer.await.unwrap() > 3, "there was something to race with");
    }
    for folder in backups {
        let copy = restored(&folder, database).await;
        assert_eq!(Backup::open(&folder).unwrap().manifest().lost, []);
        let again = back_up(&copy, "again").await;
        assert_eq!(difference(&folder, &again), None);
        let page = copy
            .service
            .list_inputs(&filled.ada.who, &filled.app, &InputsFilter::default(), 0, 1_000)
            .await
            .unwrap();
        let slugs: Vec<&str> = page.inputs.iter().map(|row| row.slug.as_str()).collect();
        for slug in &slugs {
            if let Some(rest) = slug.strip_prefix("text-") {
                assert!(slugs.contains(&format!("picture-{rest}").as_str()), "{slug} has no picture");
            } else if slug.starts_with("picture-") {
                for size in [PictureSize::Original, PictureSize::Thumbnail] {
                    assert!(
                        copy.service.picture(&filled.ada.who, &filled.app, slug, size).await.is_ok(),
                        "{slug}"
                    );
                }
            }
        }
    }
}

struct Name(String);

impl FromRow for Name {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self(row.get("name")?))
    }
}

/// The catalogue is asked here in other words than where backups are made, so that both cannot forget the same table.
async fn every_table_of_the_schema_is_backed_up(bench: Bench) {
    Filled::fill(&bench).await;
    let folder = back_up(&bench, "backup").await;
    let manifest = Backup::open(&folder).unwrap().manifest().clone();
    let sql = match bench.service.store().backend() {
        Backend::Sqlite => "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main'",
        Backend::Postgres => {
            "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables \
                              WHERE table_schema = 'public'"
        }
    };
    let mut tx = bench.service.store().read().await.unwrap();
    let names: Vec<Name> = tx.fetch_all(sql, &[]).await.unwrap();
    let mut names: Vec<String> = names.into_iter().map(|name| name.0).collect();
    names.retain(|name| !name.starts_with("sqlite_") && name != "_sqlx_migrations");
    // Words and tallies are made of what is added.
    names.retain(|name| name != "input_words_places" && !name.ends_with("_tallies"));
    names.sort();
    assert_eq!(manifest.tables.keys().cloned().collect::<Vec<_>>(), names);
    assert_eq!(manifest.schema, Schema::newest());
    for table in filled::TABLES {
        assert!(manifest.tables[table] > 0, "{table} is not filled, so that this test shows nothing of it");
    }
}

async fn what_was_lost_before_is_told_and_keeps_nobody_from_the_rest(bench: Bench) {
    let filled = Filled::fill(&bench).await;
    let row = bench.service.get_input(&filled.ada.who, &filled.app, "crossing").await.unwrap();
    let (original, thumbnail) = (row.object_key.unwrap(), row.thumbnail_key.unwrap());
    bench.service.objects().put(&original, "other bytes".into()).await.unwrap();
    bench.service.objects().delete(&thumbnail).await.unwrap();
    let folder = back_up(&bench, "backup").await;
    let manifest = Backup::open(&folder).unwrap().manifest().clone();
    let lost: Vec<(&str, &str)> =
        manifest.lost.iter().map(|lost| (lost.key.as_str(), lost.why.as_str())).collect();
    assert_eq!(
        lost,
        [(original.as_str(), "its bytes are not those that were added"), (thumbnail.as_str(), "it is gone")]
    );
    // The file of a model is left.
    assert_eq!(manifest.objects, 1);
    let copy = restored(&folder, other(bench.service.store().backend())).await;
    assert!(copy.service.get_input(&filled.ada.who, &filled.app, "notes").await.is_ok());
}

async fn nothing_is_restored_over_anything(bench: Bench) {
    Filled::fill(&bench).await;
    let folder = back_up(&bench, "backup").await;
    let again = make(bench.service.store(), bench.service.objects(), &folder, MADE_AT).await;
    assert!(again.unwrap_err().to_string().ends_with("exists already: a backup never overwrites anything"));

    let backup = Backup::open(&folder).unwrap();
    let empty = Objects::folder(&bench.folder().join("empty")).unwrap();
    let refused = backup.restore(bench.service.store(), &empty).await.unwrap_err();
    assert!(matches!(refused, BackupError::TableInUse(_)), "{refused}");
    assert_eq!(empty.first().await.unwrap(), None);

    let copy = Bench::open(Database::Sqlite).await;
    copy.service.objects().put("apps/something", "else".into()).await.unwrap();
    let refused = backup.restore(copy.service.store(), copy.service.objects()).await.unwrap_err();
    assert!(refused.to_string().starts_with("the object store has `apps/something`"), "{refused}");
}

/// A changed or missing file is named, and nothing is written because of it.
async fn nothing_is_left_of_a_backup_that_could_not_be_restored(bench: Bench) {
    Filled::fill(&bench).await;
    let folder = back_up(&bench, "backup").await;
    for (name, content) in files(&folder) {
        let path = folder.join(&name);
        for at in [0, content.len() / 2, content.len().saturating_sub(1)] {
            let Some(byte) = content.get(at) else { continue };
            let mut changed = content.clone();
            changed[at] = byte ^ 1;
            std::fs::write(&path, &changed).unwrap();
            let refused = Backup::open(&folder).unwrap_err().to_string();
            // The sums are all that is known of the other files: one of them looks changed, or is not there.
            assert!(refused.contains(&name) || name == "SHA256SUMS", "{name}: {refused}");
        }
        std::fs::remove_file(&path).unwrap();
        let refused = Backup::open(&folder).unwrap_err().to_string();
        assert_eq!(refused, format!("the backup lacks the file `{name}`"));
        std::fs::write(&path, &content).unwrap();
    }
    // One whose sums are right, and which still has a row too few.
    let sums = std::fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let keys = std::fs::read_to_string(folder.join("tables/former_secrets.jsonl")).unwrap();
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let sums: String = sums
        .lines()
        .map(|line| {
            if line.ends_with("former_secrets.jsonl") {
                format!("{empty}  tables/former_secrets.jsonl\n")
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    assert!(!keys.is_empty());
    std::fs::write(folder.join("tables/former_secrets.jsonl"), "").unwrap();
    std::fs::write(folder.join("SHA256SUMS"), sums).unwrap();
    let copy = Bench::open(other(bench.service.store().backend())).await;
    let backup = Backup::open(&folder).unwrap();
    let refused = backup.restore(copy.service.store(), copy.service.objects()).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the table `former_secrets` has 0 rows, and the backup says 1: nothing was restored"
    );
    assert_eq!(copy.service.objects().first().await.unwrap(), None);
    let after = back_up(&copy, "after").await;
    assert!(Backup::open(&after).unwrap().manifest().tables.values().all(|rows| *rows == 0));
}

/// The lines of a table's file, read.
fn lines(folder: &Path, table: &str) -> Vec<serde_json::Map<String, serde_json::Value>> {
    let text = std::fs::read_to_string(folder.join(format!("tables/{table}.jsonl"))).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A backup of the first schema, which is kept beside this test: made by the program of that time.
fn first_schema() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema-1")
}

/// Brings a database of the first schema, with rows in every table, to the newest, from schema `from` in one go.
async fn migrate(url: &str, folder: &Path, from: i64) {
    let old = Backup::open(&first_schema()).unwrap();
    assert_eq!(old.manifest().schema, 1);
    assert!(old.manifest().tables.values().all(|rows| *rows > 0), "every table has rows");
    let objects = Objects::folder(&folder.join("objects")).unwrap();
    let before = Store::open_at(url, Schema::Of(1)).await.unwrap();
    old.restore(&before, &objects).await.unwrap();
    before.close().await;
    Store::open_at(url, Schema::Of(from)).await.unwrap().close().await;

    let after = Store::open(url).await.unwrap();
    let name = folder.join("after");
    let manifest = make(&after, &objects, &name, MADE_AT).await.unwrap();
    assert_eq!(manifest.schema, Schema::newest());
    for table in old.manifest().tables.keys() {
        let (before, after) = (lines(&first_schema(), table), lines(&name, table));
        assert_eq!(before.len(), after.len(), "{table}");
        for (mut row, kept) in before.into_iter().zip(after) {
            row.retain(|column, _| kept.contains_key(column));
            assert!(row.iter().all(|(column, value)| kept.get(column) == Some(value)), "{table}: {row:?}");
        }
    }
    let service = filled::service_over(after, objects);
    filled::check_first_schema(&service).await;
}

#[test]
fn a_database_of_every_earlier_schema_is_brought_to_the_newest() {
    Bench::run(Database::Sqlite, |bench| async move {
        for from in 1..Schema::newest() {
            let folder = bench.folder().join(format!("old-{from}"));
            std::fs::create_dir(&folder).unwrap();
            let url = format!("sqlite:{}", folder.join("atelier.db").display());
            migrate(&url, &folder, from).await;
            let url = atelier_testkit::fresh_postgres().await;
            let folder = bench.folder().join(format!("old-postgres-{from}"));
            std::fs::create_dir(&folder).unwrap();
            migrate(&url, &folder, from).await;
        }
    });
}
