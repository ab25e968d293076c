//! Where the files come from: an archive, or one file by itself.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use zip::ZipArchive;

use super::directory;

/// The most files that an archive has.
const MOST_FILES: usize = 200_000;

/// The most bytes of a text that tells of inputs, unpacked.
const MOST_TEXT: u64 = 64 << 20;

/// The most bytes that all of them have together.
const MOST_TEXTS: u64 = 256 << 20;

/// The most bytes of pictures and texts that are unpacked of one archive, however small it is packed.
const MOST_CONTENTS: u64 = 8 << 30;

/// Why nothing could be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    /// It is no archive, though it begins like one.
    #[error("The archive cannot be read: {0}.")]
    Archive(String),
    /// It has more in it than is unpacked.
    #[error("{0}")]
    TooMuch(String),
    /// There is nothing in it that is known.
    #[error(
        "None of the known formats was found: JSONL, CSV, COCO, YOLO and Pascal VOC are read, as a zip or as one file."
    )]
    NoFormat,
    /// One file of it cannot be read; the others may be well.
    #[error("{0}")]
    File(String),
}

/// An archive of files, by their paths.
type Archive = ZipArchive<File>;

/// What is read.
pub(crate) struct Source {
    archive: Option<Archive>,
    /// The place of each file in the archive.
    files: BTreeMap<String, usize>,
    /// What came as one file.
    alone: Option<File>,
    /// How many bytes of texts were unpacked.
    unpacked: u64,
    /// How many bytes of everything were.
    contents: u64,
}

impl Source {
    /// What is in `file`, which is called `name`.
    ///
    /// # Errors
    /// When it begins like an archive and is none, or holds too many files.
    pub(crate) fn of(mut file: File, name: &str) -> Result<Self, Unreadable> {
        let broken = |error: &dyn std::fmt::Display| Unreadable::Archive(error.to_string());
        let mut head = Vec::new();
        file.seek(SeekFrom::Start(0)).map_err(|error| broken(&error))?;
        file.by_ref().take(4).read_to_end(&mut head).map_err(|error| broken(&error))?;
        file.seek(SeekFrom::Start(0)).map_err(|error| broken(&error))?;
        if !head.starts_with(b"PK") {
            let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned();
            return Ok(Self {
                archive: None,
                files: BTreeMap::from([(name, 0)]),
                alone: Some(file),
                unpacked: 0,
                contents: 0,
            });
        }
        // Before the list of files is taken into memory.
        let count = directory::files(&mut file).map_err(|error| broken(&error))?;
        if count > MOST_FILES as u64 {
            let why = format!("The archive has {count} files: at most {MOST_FILES} are read.");
            return Err(Unreadable::TooMuch(why));
        }
        let archive = ZipArchive::new(file).map_err(|error| broken(&error))?;
        let mut files = BTreeMap::new();
        for place in 0..archive.len() {
            let Some(Ok(path)) = archive.name_for_index(place) else { continue };
            let is_below = !path.starts_with('/') && path.split(['/', '\\']).all(|part| part != "..");
            let is_ours = !path.starts_with("__MACOSX/") && !path.ends_with('/');
            // What leads out of its folder was made to do harm, and a second file of one path to be taken for the first.
            if !is_below || path.contains('\0') {
                let why = format!("The archive has a file whose path leads elsewhere: {path:?}.");
                return Err(Unreadable::TooMuch(why));
            }
            if is_ours {
                files.entry(path.into_owned()).or_insert(place);
            }
        }
        Ok(Self { archive: Some(archive), files, alone: None, unpacked: 0, contents: 0 })
    }

    /// The paths of the files, in their order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The text at `path`, whatever mark stands before it.
    ///
    /// # Errors
    /// [`Unreadable::File`] when it is none or too long, [`Unreadable::TooMuch`] when all were too long together.
    pub(super) fn text(&mut self, path: &str) -> Result<String, Unreadable> {
        let most = MOST_TEXT.min(MOST_TEXTS.saturating_sub(self.unpacked));
        let bytes = self.bytes(path, most)?;
        let Some(bytes) = bytes else {
            return Err(if most < MOST_TEXT {
                let why = format!("The texts of the archive have more than {} MB.", MOST_TEXTS >> 20);
                Unreadable::TooMuch(why)
            } else {
                Unreadable::File(format!("It has more than {} MB.", MOST_TEXT >> 20))
            });
        };
        self.unpacked += bytes.len() as u64;
        decoded(&bytes).map_err(Unreadable::File)
    }

    /// The bytes at `path`; none, if they are more than `most`. However small it is packed, no more than that is unpacked.
    ///
    /// # Errors
    /// [`Unreadable::File`] when they cannot be read, [`Unreadable::TooMuch`] when all were too many together.
    pub(crate) fn bytes(&mut self, path: &str, most: u64) -> Result<Option<Vec<u8>>, Unreadable> {
        let broken = |error: &dyn std::fmt::Display| Unreadable::File(format!("It cannot be read: {error}."));
        if self.contents > MOST_CONTENTS {
            let why = format!("The archive has more than {} GB, unpacked.", MOST_CONTENTS >> 30);
            return Err(Unreadable::TooMuch(why));
        }
        let mut bytes = Vec::new();
        match (&mut self.archive, &mut self.alone, self.files.get(path)) {
            (Some(archive), _, Some(place)) => {
                let file = archive.by_index(*place).map_err(|error| broken(&error))?;
                file.take(most + 1).read_to_end(&mut bytes).map_err(|error| broken(&error))?;
            }
            (None, Some(file), Some(_)) => {
                file.seek(SeekFrom::Start(0)).map_err(|error| broken(&error))?;
                file.take(most + 1).read_to_end(&mut bytes).map_err(|error| broken(&error))?;
            }
            _ => return Err(Unreadable::File("It is not there.".into())),
        }
        self.contents += bytes.len() as u64;
        Ok((bytes.len() as u64 <= most).then_some(bytes))
    }
}

/// A text in UTF-8, or in UTF-16 with a mark that says so, as spreadsheets write it.
fn decoded(bytes: &[u8]) -> Result<String, String> {
    let utf16 = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let units = bytes.chunks(2).map(|unit| match unit {
            [first, second] => read([*first, *second]),
            // Half a unit is none.
            _ => 0xd800,
        });
        char::decode_utf16(units)
            .collect::<Result<String, _>>()
            .map_err(|_| "It is broken UTF-16.".to_owned())
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => match std::str::from_utf8(rest) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => {
                let before = rest.get(..error.valid_up_to()).unwrap_or_default();
                let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                Err(format!("Line {line} is not in UTF-8: save the file in that encoding."))
            }
        },
    }
}
