//! `atelier backup` and `atelier restore`: everything, in a folder.

use std::error::Error;
use std::path::Path;

use atelier_service::World;
use atelier_store::backup::{Backup, Manifest, make};
use atelier_store::{Schema, Store};

use crate::config::Config;
use crate::open_objects;

/// Backs up into the new folder `name`. The database is opened as it is: a backup made right before a newer program
/// takes over is of the schema before.
pub(crate) async fn back_up(config: &Config, name: &Path) -> Result<(), Box<dyn Error>> {
    let store = Store::open_at(&config.database, Schema::AsItIs).await?;
    let objects = open_objects(config)?;
    let now = jiff::Timestamp::from_microsecond(World::real().now().micros())?;
    let manifest = make(&store, &objects, name, &now.to_string()).await?;
    println!("backed up {} into {}", told(&manifest), name.display());
    for lost in &manifest.lost {
        eprintln!("atelier: the object `{}` could not be backed up: {}", lost.key, lost.why);
    }
    Ok(())
}

/// Restores the backup in `folder` into an empty database and object store, and brings the schema up to date.
pub(crate) async fn restore(config: &Config, folder: &Path) -> Result<(), Box<dyn Error>> {
    let backup = Backup::open(folder)?;
    let manifest = backup.manifest();
    std::fs::create_dir_all(&config.data)?;
    let store = Store::open_at(&config.database, Schema::Of(manifest.schema)).await?;
    backup.restore(&store, &open_objects(config)?).await?;
    store.close().await;
    Store::open(&config.database).await?.close().await;
    println!("restored {} of {}", told(manifest), manifest.made_at);
    println!(
        "bring along the key that signs the audit list (`audit.key`, or the file of --audit-key): no backup has it"
    );
    Ok(())
}

fn told(manifest: &Manifest) -> String {
    let rows: u64 = manifest.tables.values().sum();
    format!("{rows} rows of {} tables and {} objects", manifest.tables.len(), manifest.objects)
}
