//! Restoring a backup.

use std::collections::BTreeSet;

use super::catalogue::{self, Table};
use super::folder::{Backup, table_file};
use super::rows::{self, BATCH, Record};
use super::{BackupError, Result};
use crate::{Objects, Store, WriteTx};

impl Backup {
    /// Brings everything back into the empty database `store`, which has the backup's schema, and the empty `objects`.
    ///
    /// # Errors
    /// When one of them is not empty, or something cannot be read or written: then both are as they were.
    pub async fn restore(&self, store: &Store, objects: &Objects) -> Result<()> {
        if let Some(key) = objects.first().await? {
            return Err(BackupError::ObjectsInUse(key));
        }
        let mut tx = store.write().await?;
        let tables = catalogue::tables(&mut tx).await?;
        let (named, found): (BTreeSet<&String>, BTreeSet<&String>) =
            (self.manifest().tables.keys().collect(), tables.iter().map(|table| &table.name).collect());
        if let Some(other) = named.symmetric_difference(&found).next() {
            return Err(BackupError::Tables((*other).clone()));
        }
        for table in &tables {
            if rows::count(&mut tx, table).await? > 0 {
                return Err(BackupError::TableInUse(table.name.clone()));
            }
        }
        for table in &tables {
            self.fill(&mut tx, table).await?;
        }
        // As when inputs are added: the bytes come before the rows that name them.
        let put = self.put_objects(objects).await;
        let committed = match put {
            Ok(()) => tx.commit().await.map_err(BackupError::from),
            Err(error) => Err(error),
        };
        if committed.is_err() {
            for key in self.objects() {
                objects.delete(key).await?;
            }
        }
        committed
    }

    /// Adds the rows of a table, and compares how many there are.
    async fn fill(&self, tx: &mut WriteTx, table: &Table) -> Result<()> {
        let file = table_file(&table.name);
        let mut batch = Vec::with_capacity(BATCH);
        for line in self.lines(&file)? {
            batch.push(Record::from_line(&line?, table)?);
            if batch.len() == BATCH {
                rows::insert(tx, table, &batch).await?;
                batch.clear();
            }
        }
        rows::insert(tx, table, &batch).await?;
        if !table.links.is_empty() {
            for line in self.lines(&file)? {
                rows::link(tx, table, &Record::from_line(&line?, table)?).await?;
            }
        }
        let (found, expected) = (rows::count(tx, table).await?, self.manifest().tables.get(&table.name));
        match expected {
            Some(expected) if *expected == found => Ok(()),
            _ => {
                let (table, expected) = (table.name.clone(), expected.copied().unwrap_or_default());
                Err(BackupError::Counts { table, found, expected })
            }
        }
    }

    async fn put_objects(&self, objects: &Objects) -> Result<()> {
        for key in self.objects() {
            objects.put(key, self.object(key)?).await?;
        }
        Ok(())
    }
}
