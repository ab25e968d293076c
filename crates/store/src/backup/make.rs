//! Making a backup.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use atelier_domain::id::{InputId, ModelVersionId};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::folder::{FORMAT, Lost, Manifest, OBJECTS, Unfinished, table_file};
use super::{BackupError, Result, catalogue, rows};
use crate::queries::{inputs, model_files};
use crate::{Conn, Objects, Store};

/// How many rows are looked at at once that name objects.
const ROWS: usize = 256;

/// How many snapshots are tried. Each names only what came while the objects before it were copied.
const SNAPSHOTS: usize = 20;

/// Backs up everything of `store` and `objects` into the new folder `name`; answers what it says of itself. Requests
/// may be answered meanwhile, by this process and by others.
///
/// # Errors
/// When there is something called `name`, or something cannot be read or written: then nothing is called `name`.
pub async fn make(store: &Store, objects: &Objects, name: &Path, made_at: &str) -> Result<Manifest> {
    let mut backup = Unfinished::begin(name)?;
    let mut missing = copy_objects(store, None, objects, &mut backup).await?.missing;
    for _ in 0..SNAPSHOTS {
        let mut tx = store.read().await?;
        let copied = copy_objects(store, Some(&mut tx), objects, &mut backup).await?;
        // What was missing before the snapshot, and is named by it, is lost. Anything else that is missing was deleted
        // since: a newer snapshot does not name it.
        if copied.missing.keys().all(|key| missing.contains_key(key)) {
            let manifest = write_tables(&mut tx, &mut backup, copied, made_at).await?;
            backup.finish(&manifest)?;
            return Ok(manifest);
        }
        missing = copied.missing;
    }
    Err(BackupError::Restless)
}

/// What became of the objects that rows name.
#[derive(Default)]
struct Copied {
    named: BTreeSet<String>,
    /// Those that could not be copied, and why.
    missing: BTreeMap<String, String>,
}

impl Copied {
    /// Copies one object, unless that was done before. It is missing if it is not there any more, or its hash is not
    /// `sha256`, where that is known.
    async fn take(
        &mut self,
        objects: &Objects,
        backup: &mut Unfinished,
        key: &str,
        sha256: Option<&[u8]>,
    ) -> Result<()> {
        self.named.insert(key.to_owned());
        if backup.has(&path(key)) {
            return Ok(());
        }
        let why = match objects.get(key).await? {
            None => "it is gone",
            Some(bytes) if sha256.is_some_and(|sum| Sha256::digest(&bytes)[..] != *sum) => {
                "its bytes are not those that were added"
            }
            Some(bytes) => return backup.write(&path(key), &bytes),
        };
        self.missing.insert(key.to_owned(), why.to_owned());
        Ok(())
    }
}

/// Copies the objects that the rows of the snapshot name, other than those that were copied before. Without a snapshot,
/// what rows name while it copies: it may take hours, for which no database should keep a snapshot.
async fn copy_objects(
    store: &Store,
    mut snapshot: Option<&mut Conn>,
    objects: &Objects,
    backup: &mut Unfinished,
) -> Result<Copied> {
    let mut copied = Copied::default();
    let mut after = InputId(Uuid::nil());
    loop {
        let rows = match &mut snapshot {
            Some(conn) => inputs::stored(conn, after, ROWS).await?,
            None => inputs::stored(&mut *store.read().await?, after, ROWS).await?,
        };
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in &rows {
            if let Some(key) = &row.object_key {
                copied.take(objects, backup, key, Some(&row.sha256)).await?;
            }
            if let Some(key) = &row.thumbnail_key {
                copied.take(objects, backup, key, None).await?;
            }
        }
    }
    let mut after = ModelVersionId(Uuid::nil());
    loop {
        let rows = match &mut snapshot {
            Some(conn) => model_files::stored(conn, after, ROWS).await?,
            None => model_files::stored(&mut *store.read().await?, after, ROWS).await?,
        };
        let Some(last) = rows.last() else { return Ok(copied) };
        after = last.version_id;
        for row in &rows {
            copied.take(objects, backup, &row.object_key, Some(&row.sha256)).await?;
        }
    }
}

fn path(key: &str) -> String {
    format!("{OBJECTS}{key}")
}

/// Writes all rows of the snapshot, and takes out the objects that it does not name any more.
async fn write_tables(
    tx: &mut Conn,
    backup: &mut Unfinished,
    copied: Copied,
    made_at: &str,
) -> Result<Manifest> {
    let mut tables = BTreeMap::new();
    for table in catalogue::tables(tx).await? {
        let mut file = backup.file(&table_file(&table.name))?;
        let (mut count, mut last) = (0, None);
        loop {
            let batch = rows::next(tx, &table, last.as_ref()).await?;
            for record in &batch {
                file.write(record.to_line(&table)?.as_bytes())?;
                file.write(b"\n")?;
            }
            count += batch.len() as u64;
            last = batch.into_iter().next_back();
            if last.is_none() {
                break;
            }
        }
        file.end()?;
        tables.insert(table.name, count);
    }
    for key in backup.objects() {
        if !copied.named.contains(&key) {
            backup.remove(&path(&key))?;
        }
    }
    Ok(Manifest {
        format: FORMAT,
        schema: catalogue::schema(tx).await?,
        made_at: made_at.into(),
        tables,
        objects: backup.objects().len() as u64,
        lost: copied.missing.into_iter().map(|(key, why)| Lost { key, why }).collect(),
    })
}
