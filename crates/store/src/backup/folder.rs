//! The folder that a backup is: its manifest, its files, and their sums.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::rows::hexadecimal;
use super::{BackupError, Result};

/// Of which format this program's backups are.
pub(super) const FORMAT: u32 = 1;

const MANIFEST: &str = "manifest.json";
const SUMS: &str = "SHA256SUMS";
pub(super) const OBJECTS: &str = "objects/";

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// How its files are to be read.
    pub format: u32,
    /// The number of the last migration of the database.
    pub schema: i64,
    /// When it was made, in RFC 3339.
    pub made_at: String,
    /// How many rows each table has.
    pub tables: BTreeMap<String, u64>,
    /// How many objects there are.
    pub objects: u64,
    /// The objects that rows name, and that were lost already when it was made.
    pub lost: Vec<Lost>,
}

/// An object that could not be backed up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lost {
    /// Under which key a row expects it.
    pub key: String,
    /// What is wrong with it.
    pub why: String,
}

/// The file of a table.
pub(super) fn table_file(table: &str) -> String {
    format!("tables/{table}.jsonl")
}

/// A backup that is being written, beside the name that it gets when it is whole.
pub(super) struct Unfinished {
    folder: PathBuf,
    name: PathBuf,
    sums: BTreeMap<String, String>,
    finished: bool,
}

impl Unfinished {
    /// Begins the backup `name`, which nothing else is called.
    pub(super) fn begin(name: &Path) -> Result<Self> {
        use std::os::unix::fs::DirBuilderExt as _;
        if name.symlink_metadata().is_ok() {
            return Err(BackupError::Exists(name.into()));
        }
        let folder = beside(name);
        // What is in it is nobody else's business.
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => Ok(Self { folder, name: name.into(), sums: BTreeMap::new(), finished: false }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(BackupError::Unfinished(folder))
            }
            Err(error) => Err(BackupError::Io(folder, error)),
        }
    }

    /// Begins the file `path`, again if it was begun before.
    pub(super) fn file(&mut self, path: &str) -> Result<Written<'_>> {
        let place = self.folder.join(path);
        let opened =
            place.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| File::create(&place));
        let file = opened.map_err(|error| BackupError::Io(place.clone(), error))?;
        Ok(Written { backup: self, path: path.into(), place, file: BufWriter::new(file), sum: Sha256::new() })
    }

    /// Writes a whole file, and answers its sum.
    pub(super) fn write(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let mut file = self.file(path)?;
        file.write(bytes)?;
        file.end()
    }

    /// Whether the file was written.
    pub(super) fn has(&self, path: &str) -> bool {
        self.sums.contains_key(path)
    }

    /// The objects that were written.
    pub(super) fn objects(&self) -> Vec<String> {
        self.sums.keys().filter_map(|path| path.strip_prefix(OBJECTS)).map(str::to_owned).collect()
    }

    /// Takes a file out again.
    pub(super) fn remove(&mut self, path: &str) -> Result<()> {
        self.sums.remove(path);
        let place = self.folder.join(path);
        std::fs::remove_file(&place).map_err(|error| BackupError::Io(place, error))
    }

    /// Writes the manifest and the sums, and gives the backup its name once everything is on disk.
    pub(super) fn finish(mut self, manifest: &Manifest) -> Result<()> {
        let json = serde_json::to_vec_pretty(manifest)
            .map_err(|error| BackupError::Unreadable(MANIFEST.into(), error.to_string()))?;
        self.write(MANIFEST, &json)?;
        let sums: String = self.sums.iter().map(|(path, sum)| format!("{sum}  {path}\n")).collect();
        self.write(SUMS, sums.as_bytes())?;
        let renamed = sync_folders(&self.folder).and_then(|()| {
            std::fs::rename(&self.folder, &self.name)?;
            sync_folder(
                self.name.parent().filter(|parent| parent != &Path::new("")).unwrap_or(Path::new(".")),
            )
        });
        self.finished = renamed.is_ok();
        renamed.map_err(|error| BackupError::Io(self.name.clone(), error))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.finished {
            // If it cannot be removed, its name says what it is.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// The name of a backup while it is being written.
fn beside(name: &Path) -> PathBuf {
    let mut unfinished = name.as_os_str().to_owned();
    unfinished.push(".unfinished");
    unfinished.into()
}

/// Puts on disk what the folder and those in it are called.
fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    sync_folder(folder)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// A file that is being written.
pub(super) struct Written<'a> {
    backup: &'a mut Unfinished,
    path: String,
    place: PathBuf,
    file: BufWriter<File>,
    sum: Sha256,
}

impl Written<'_> {
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.sum.update(bytes);
        self.file.write_all(bytes).map_err(|error| BackupError::Io(self.place.clone(), error))
    }

    /// Puts the file on disk and keeps its sum.
    pub(super) fn end(self) -> Result<()> {
        let Self { backup, path, place, file, sum } = self;
        let written =
            file.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all());
        written.map_err(|error| BackupError::Io(place, error))?;
        backup.sums.insert(path, hexadecimal(&sum.finalize()));
        Ok(())
    }
}

/// A backup whose every file is what was written.
#[derive(Debug)]
pub struct Backup {
    folder: PathBuf,
    manifest: Manifest,
    sums: BTreeMap<String, String>,
}

impl Backup {
    /// Opens the backup in `folder`, once every file in it was read and has its sum.
    ///
    /// # Errors
    /// [`BackupError::Missing`], [`BackupError::Changed`] or [`BackupError::Unreadable`], which name the file;
    /// [`BackupError::Newer`].
    pub fn open(folder: &Path) -> Result<Self> {
        let mut opened = Self {
            folder: folder.into(),
            manifest: Manifest {
                format: FORMAT,
                schema: 0,
                made_at: String::new(),
                tables: BTreeMap::new(),
                objects: 0,
                lost: Vec::new(),
            },
            sums: BTreeMap::new(),
        };
        for line in opened.lines(SUMS)? {
            let line = line?;
            let (sum, path) = line.split_once("  ").ok_or_else(|| {
                BackupError::Unreadable(SUMS.into(), format!("`{line}` is no sum of a file"))
            })?;
            opened.sums.insert(path.to_owned(), sum.to_owned());
        }
        for (path, sum) in &opened.sums {
            if opened.sum(path)? != *sum {
                return Err(BackupError::Changed(path.clone()));
            }
        }
        opened.manifest = opened.read_manifest()?;
        Ok(opened)
    }

    /// What it says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn read_manifest(&self) -> Result<Manifest> {
        let unreadable = |why: String| BackupError::Unreadable(MANIFEST.into(), why);
        if !self.sums.contains_key(MANIFEST) {
            return Err(BackupError::Missing(MANIFEST.into()));
        }
        let file = self.file(MANIFEST)?;
        let manifest: Manifest =
            serde_json::from_reader(BufReader::new(file)).map_err(|error| unreadable(error.to_string()))?;
        if manifest.format != FORMAT {
            return Err(unreadable(format!("it is of the format {}, not {FORMAT}", manifest.format)));
        }
        let known = crate::Schema::newest();
        if manifest.schema > known {
            return Err(BackupError::Newer { found: manifest.schema, known });
        }
        // What the sums do not name would not be looked at.
        if let Some(table) = manifest.tables.keys().find(|table| !self.sums.contains_key(&table_file(table)))
        {
            return Err(BackupError::Missing(table_file(table)));
        }
        let objects = self.objects().count() as u64;
        if objects != manifest.objects {
            let why = format!("it names {objects} objects, and the manifest says {}", manifest.objects);
            return Err(BackupError::Unreadable(SUMS.into(), why));
        }
        Ok(manifest)
    }

    /// The keys of its objects.
    pub(super) fn objects(&self) -> impl Iterator<Item = &str> {
        self.sums.keys().filter_map(|path| path.strip_prefix(OBJECTS))
    }

    /// The lines of a file.
    pub(super) fn lines(&self, path: &str) -> Result<impl Iterator<Item = Result<String>> + use<>> {
        let place = self.folder.join(path);
        let lines = BufReader::new(self.file(path)?).lines();
        Ok(lines.map(move |line| line.map_err(|error| BackupError::Io(place.clone(), error))))
    }

    /// The bytes of an object, which are still those that were backed up.
    pub(super) fn object(&self, key: &str) -> Result<Bytes> {
        let path = format!("{OBJECTS}{key}");
        let mut bytes = Vec::new();
        let read = self.file(&path)?.read_to_end(&mut bytes);
        read.map_err(|error| BackupError::Io(self.folder.join(&path), error))?;
        if self.sums.get(&path) != Some(&hexadecimal(&Sha256::digest(&bytes))) {
            return Err(BackupError::Changed(path));
        }
        Ok(bytes.into())
    }

    fn sum(&self, path: &str) -> Result<String> {
        let mut file = self.file(path)?;
        let mut sum = Sha256::new();
        let mut piece = vec![0; 1 << 16];
        loop {
            let read =
                file.read(&mut piece).map_err(|error| BackupError::Io(self.folder.join(path), error))?;
            match piece.get(..read) {
                Some(read) if !read.is_empty() => sum.update(read),
                _ => return Ok(hexadecimal(&sum.finalize())),
            }
        }
    }

    fn file(&self, path: &str) -> Result<File> {
        // A backup that somebody else made must not have us read what is outside of it.
        if Path::new(path).components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(BackupError::Unreadable(SUMS.into(), format!("`{path}` is no file of a backup")));
        }
        let place = self.folder.join(path);
        File::open(&place).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => BackupError::Missing(path.into()),
            _ => BackupError::Io(place, error),
        })
    }
}
