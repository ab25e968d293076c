//! How many files an archive says that it has, without reading their list: PKWARE's APPNOTE, 4.3.14 to 4.3.16.

use std::io::{Read, Result, Seek, SeekFrom};

/// The record at the end of an archive: its signature, its length without what is remarked, and the most of a remark.
const END: [u8; 4] = *b"PK\x05\x06";
const END_LENGTH: usize = 22;
const MOST_REMARKED: u64 = 65_535;

/// What leads from before that to the record of a large archive, and that record.
const LOCATOR: [u8; 4] = *b"PK\x06\x07";
const LOCATOR_LENGTH: usize = 20;
const LARGE_END: [u8; 4] = *b"PK\x06\x06";

/// How many files the archive says that it has: the most that any of its records says. What is no archive has none.
///
/// # Errors
/// When it cannot be read.
pub(super) fn files(archive: &mut (impl Read + Seek)) -> Result<u64> {
    let length = archive.seek(SeekFrom::End(0))?;
    let from = length.saturating_sub(MOST_REMARKED + (END_LENGTH + LOCATOR_LENGTH) as u64);
    archive.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    archive.take(length - from).read_to_end(&mut tail)?;
    let mut most = 0;
    for at in 0..tail.len() {
        // Whichever record a reader takes for the last: a remark may look like one.
        if tail.get(at..).is_some_and(|rest| rest.starts_with(&END)) {
            most = most.max(number::<2>(&tail, at + 10).unwrap_or(0));
        }
        if tail.get(at..).is_some_and(|rest| rest.starts_with(&LOCATOR))
            && let Some(place) = number::<8>(&tail, at + 8)
        {
            most = most.max(large(archive, place)?);
        }
    }
    archive.seek(SeekFrom::Start(0))?;
    Ok(most)
}

/// How many files the record of a large archive says, if it stands at `place`.
fn large(archive: &mut (impl Read + Seek), place: u64) -> Result<u64> {
    let mut record = Vec::new();
    archive.seek(SeekFrom::Start(place))?;
    archive.take(56).read_to_end(&mut record)?;
    let is_one = record.starts_with(&LARGE_END);
    Ok(number::<8>(&record, 32).filter(|_| is_one).unwrap_or(0))
}

/// The number of `N` bytes, the least of them first, at a place.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let digits = bytes.get(at..at + N)?;
    Some(digits.iter().rev().fold(0, |number, digit| number << 8 | u64::from(*digit)))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use super::*;

    #[test]
    fn archives_say_how_many_files_they_have() {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for number in 0..3 {
            writer.start_file(format!("{number}.txt"), zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(b"text").unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        assert_eq!(files(&mut Cursor::new(&bytes)).unwrap(), 3);
        let mut remarked = bytes.clone();
        let end = bytes.len() - END_LENGTH;
        remarked[end + 20] = 5;
        remarked.extend(b"hello");
        assert_eq!(files(&mut Cursor::new(&remarked)).unwrap(), 3);
        assert_eq!(files(&mut Cursor::new(b"PK\x05\x06")).unwrap(), 0);
        assert_eq!(files(&mut Cursor::new(b"")).unwrap(), 0);
    }

    #[test]
    fn of_a_large_archive_its_own_record_counts() {
        let mut bytes = vec![0; 10];
        let place = bytes.len() as u64;
        let mut record = [0; 56];
        record[..4].copy_from_slice(&LARGE_END);
        record[32..40].copy_from_slice(&50_000_000_u64.to_le_bytes());
        bytes.extend(record);
        let mut locator = [0; LOCATOR_LENGTH];
        locator[..4].copy_from_slice(&LOCATOR);
        locator[8..16].copy_from_slice(&place.to_le_bytes());
        bytes.extend(locator);
        let mut end = [0; END_LENGTH];
        end[..4].copy_from_slice(&END);
        end[10..12].copy_from_slice(&[0xff, 0xff]);
        bytes.extend(end);
        assert_eq!(files(&mut Cursor::new(&bytes)).unwrap(), 50_000_000);
    }
}
