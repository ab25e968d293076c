//! `atelier outbox`: the mail that was left in the data folder.

use std::io;
use std::path::Path;

/// Prints every mail in `folder`, the newest last.
pub(crate) fn show(folder: &Path) -> io::Result<()> {
    let mut mails: Vec<_> = match std::fs::read_dir(folder) {
        Ok(entries) => entries.collect::<io::Result<_>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    mails.retain(|entry| entry.path().extension().is_some_and(|extension| extension == "eml"));
    mails.sort_by_key(|entry| entry.metadata().and_then(|metadata| metadata.modified()).ok());
    if mails.is_empty() {
        println!("no mail in {}", folder.display());
    }
    for mail in mails {
        println!(
            "─── {}\n{}",
            mail.path().display(),
            std::fs::read_to_string(mail.path())?.replace("\r\n", "\n")
        );
    }
    Ok(())
}
