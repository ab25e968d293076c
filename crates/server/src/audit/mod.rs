//! `atelier audit`: verifies the audit list, shows its signed roots, and gives it out.

pub(crate) mod download;
pub(crate) mod key;
mod line;
pub(crate) mod signer;

use std::collections::BTreeSet;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write};
use std::path::{Path, PathBuf};

use atelier_domain::Timestamp;
use atelier_domain::time::DAY;
use atelier_service::Service;
use atelier_service::audit::{Checked, Checker, Expected, Found, Link, PublicKey, Root, Source, Wanted};
use clap::Subcommand;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use self::line::{Format, Line};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Finds every entry that was changed, removed, added past the chain or put elsewhere.
    Verify {
        /// What the chain has to have at a place, as `atelier audit roots` or the log said it: `42:9f86d0…`.
        #[arg(long = "root", value_name = "POSITION:HASH")]
        roots: Vec<Link>,
        /// A public key that may have signed roots, besides the one of this server.
        #[arg(long = "key", value_name = "PUBLIC KEY")]
        keys: Vec<PublicKey>,
        /// Verifies a whole export in JSON Lines instead of the database.
        #[arg(long, value_name = "FILE", conflicts_with = "keys")]
        file: Option<PathBuf>,
    },
    /// Lists the signed roots: day, place and hash, public key, signature. Keep them elsewhere.
    Roots,
    /// Writes entries to standard output, the oldest first.
    Export {
        /// How.
        #[arg(long, value_enum)]
        format: Format,
        /// Only what was done from this day on, UTC.
        #[arg(long, value_name = "DAY")]
        from: Option<Date>,
        /// Only what was done until the end of this day, UTC.
        #[arg(long, value_name = "DAY")]
        until: Option<Date>,
        /// Only what was done in this app.
        #[arg(long, value_name = "OWNER/APP", value_parser = owner_and_app)]
        app: Option<(String, String)>,
    },
}

/// The list is not what it was.
#[derive(Debug, thiserror::Error)]
#[error("the audit list is not as it was written: {0} found")]
struct NotAsWritten(String);

/// Verifies a file, which needs no database.
pub(crate) fn verify_file(path: &Path, roots: &[Link]) -> Result<(), Box<dyn Error>> {
    let mut checker = Checker::new();
    roots.iter().for_each(|link| checker.expect(*link, Source::Kept));
    for (number, text) in BufReader::new(File::open(path)?).lines().enumerate() {
        let wrong = |reason: String| format!("line {} of {}: {reason}", number + 1, path.display());
        let line: Line = serde_json::from_str(&text?).map_err(|error| wrong(error.to_string()))?;
        let (Some(position), Some(hash)) = (line.position, line.hash) else {
            return Err(
                wrong("it has no place in the chain, as exports of one app's page have none".into()).into()
            );
        };
        checker.see(position, &hash.0, Ok(&line.entry()));
    }
    let Checked { count, head, found } = checker.finish();
    report(count, head, &found)
}

/// Runs a command over the database. `public_key` is that of this server's key, if it has one.
pub(crate) async fn run(
    service: &Service,
    public_key: Option<PublicKey>,
    command: Command,
) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Verify { roots, keys, .. } => {
            let keys: BTreeSet<PublicKey> = keys.into_iter().chain(public_key).collect();
            let are_known = !keys.is_empty();
            let verified = service.verify_audit(&Expected { kept: roots, keys }).await?;
            match &verified.last_root {
                Some(root) if are_known => println!("last root  {}", shown(root)),
                Some(root) => println!(
                    "last root  {}\n           by whom is not known here: name the key with --key",
                    shown(root)
                ),
                None => println!("last root  none is signed yet"),
            }
            report(verified.count, verified.head, &verified.found)
        }
        Command::Roots => {
            for root in service.audit_roots().await? {
                println!("{}", shown(&root));
            }
            Ok(())
        }
        Command::Export { format, from, until, app } => {
            let wanted = Wanted {
                app,
                from: from.map(begins).transpose()?,
                until: until.map(begins).transpose()?.map(|day| day.plus(DAY)),
            };
            export(service, format, wanted, &mut std::io::stdout().lock()).await
        }
    }
}

fn owner_and_app(text: &str) -> Result<(String, String), &'static str> {
    let (owner, app) =
        text.split_once('/').ok_or("must be an owner and an app, such as `ada/street-signs`")?;
    Ok((owner.to_owned(), app.to_owned()))
}

/// When a day begins, UTC.
fn begins(day: Date) -> Result<Timestamp, jiff::Error> {
    let midnight = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0))?;
    Ok(Timestamp::from_micros(midnight.as_microsecond()))
}

fn shown(root: &Root) -> String {
    let Root { day, link, public_key, signature } = root;
    let day = jiff::Timestamp::from_microsecond(day.micros())
        .map_or_else(|_| day.micros().to_string(), |day| day.strftime("%Y-%m-%d").to_string());
    format!("{day}\t{link}\t{public_key}\t{signature}")
}

fn report(count: u64, head: Option<Link>, found: &Found) -> Result<(), Box<dyn Error>> {
    println!("entries    {count}");
    println!("head       {}", head.map_or_else(|| "there is none".to_owned(), |head| head.to_string()));
    if found.is_nothing() {
        println!("nothing was changed, removed, added past the chain or put elsewhere");
        return Ok(());
    }
    for fault in &found.faults {
        println!("fault      {fault}");
    }
    if found.more > 0 {
        println!("           and {} more", found.more);
    }
    let count = found.faults.len() as u64 + found.more;
    let faults = if count == 1 { "one fault was".to_owned() } else { format!("{count} faults were") };
    Err(NotAsWritten(faults).into())
}

async fn export(
    service: &Service,
    format: Format,
    wanted: Wanted,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let mut export = service.export_audit(wanted).await?;
    out.write_all(format.head(true).as_bytes())?;
    loop {
        let rows = export.next().await?;
        if rows.is_empty() {
            return Ok(out.flush()?);
        }
        let mut text = String::new();
        for line in rows.into_iter().filter_map(Line::linked) {
            format.write(&line, &mut text)?;
        }
        out.write_all(text.as_bytes())?;
    }
}

#[cfg(test)]
mod tests {
    use atelier_domain::Hex;
    use atelier_testkit::sharing::street_signs;
    use atelier_testkit::{Bench, on_both_databases};

    use super::*;

    on_both_databases! { a_whole_export_is_verified_without_the_database }

    /// Why the file with these lines does not hold, if it does not.
    fn verified(bench: &Bench, lines: &[String], roots: &[Link]) -> Option<String> {
        let path = bench.folder().join("export.jsonl");
        std::fs::write(&path, lines.concat()).unwrap();
        verify_file(&path, roots).err().map(|error| error.to_string())
    }

    async fn exported(bench: &Bench, wanted: Wanted) -> Vec<String> {
        let mut out = Vec::new();
        export(&bench.service, Format::Jsonl, wanted, &mut out).await.unwrap();
        String::from_utf8(out).unwrap().split_inclusive('\n').map(str::to_owned).collect()
    }

    async fn a_whole_export_is_verified_without_the_database(bench: Bench) {
        let ada = bench.person("ada").await;
        street_signs(&bench, &ada).await;
        let lines = exported(&bench, Wanted::default()).await;
        let count = lines.len();
        assert!(count > 3, "{lines:?}");
        let head = bench.service.verify_audit(&Expected::default()).await.unwrap().head.unwrap();
        assert_eq!(verified(&bench, &lines, &[head]), None);

        let one = Some("the audit list is not as it was written: one fault was found".to_owned());
        for number in 0..count {
            let mut changed = lines.clone();
            changed[number] = changed[number].replacen("\"action\":\"", "\"action\":\"x", 1);
            assert_eq!(verified(&bench, &changed, &[]), one, "{}", changed[number]);
            let mut removed = lines.clone();
            removed.remove(number);
            // The last one is missed by whoever knows that it was there.
            assert_eq!(verified(&bench, &removed, &[head]), one, "{number}");
            let mut turned = lines.clone();
            turned.swap(number, (number + 1) % count);
            assert!(verified(&bench, &turned, &[]).is_some(), "{number}");
        }
        assert_eq!(verified(&bench, &lines, &[Link { hash: Hex([0; 32]), ..head }]), one);
        let of_app = exported(
            &bench,
            Wanted { app: Some(("ada".into(), "street-signs".into())), ..Wanted::default() },
        );
        assert!(verified(&bench, &of_app.await, &[]).is_some(), "a part is no whole");
        let without: Vec<String> = lines
            .iter()
            .map(|line| {
                let mut fields: serde_json::Value = serde_json::from_str(line).unwrap();
                fields.as_object_mut().unwrap().remove("position");
                format!("{fields}\n")
            })
            .collect();
        assert!(verified(&bench, &without, &[]).is_some_and(|why| why.contains("line 1 of")));
        assert!(verified(&bench, &["{}\n".to_owned()], &[]).is_some_and(|why| why.contains("line 1 of")));

        let mut table = Vec::new();
        export(&bench.service, Format::Csv, Wanted::default(), &mut table).await.unwrap();
        let table = String::from_utf8(table).unwrap();
        assert_eq!(table.matches("\r\n").count(), count + 1, "{table}");
        assert!(table.starts_with("position,hash,id,"), "{table}");
    }
}
