//! Where settings come from: flags first, then the environment, then one TOML file, then defaults.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

/// Settings that every command shares.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Settings {
    /// A TOML file with further settings, named like the flags.
    #[arg(long, env = "ATELIER_CONFIG", global = true)]
    config: Option<PathBuf>,
    /// The folder for everything that is kept: database, uploads, mail that is not sent [default: ./data].
    #[arg(long, env = "ATELIER_DATA", global = true)]
    data: Option<PathBuf>,
    /// The database, such as `postgres://user@host/name` [default: SQLite in the data folder].
    #[arg(long, env = "ATELIER_DATABASE", global = true)]
    database: Option<String>,
    /// Where uploads are kept, such as `s3://bucket` [default: the data folder].
    #[arg(long, env = "ATELIER_OBJECTS", global = true)]
    objects: Option<String>,
    /// Where people reach this server, such as `https://atelier.example.org` [default: http at the listening address].
    #[arg(long, env = "ATELIER_BASE_URL", global = true)]
    base_url: Option<String>,
    /// The mail server, such as `smtps://user:password@mail.example.org` [default: mail is left in the data folder].
    #[arg(long, env = "ATELIER_SMTP", global = true, hide_env_values = true)]
    smtp: Option<String>,
    /// From whom mail comes [default: Atelier <atelier@localhost>].
    #[arg(long, env = "ATELIER_MAIL_FROM", global = true)]
    mail_from: Option<String>,
    /// The file with the key that signs the audit list, one for all servers over one database
    /// [default: audit.key in the data folder, made when it is first needed].
    #[arg(long, env = "ATELIER_AUDIT_KEY", global = true)]
    audit_key: Option<PathBuf>,
}

/// The same, as a file has them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    data: Option<PathBuf>,
    database: Option<String>,
    objects: Option<String>,
    base_url: Option<String>,
    smtp: Option<String>,
    mail_from: Option<String>,
    audit_key: Option<PathBuf>,
}

/// Settings, each decided.
#[derive(Clone)]
pub(crate) struct Config {
    /// The folder for everything that is kept.
    pub(crate) data: PathBuf,
    /// The database's address.
    pub(crate) database: String,
    /// Where uploads are kept; none for the data folder.
    pub(crate) objects: Option<String>,
    /// Where people reach this server, if it was said.
    base_url: Option<String>,
    /// The mail server; none to leave mail in the data folder.
    pub(crate) smtp: Option<String>,
    /// From whom mail comes.
    pub(crate) mail_from: String,
    /// The file with the key that signs the audit list; none for the one in the data folder.
    pub(crate) audit_key: Option<PathBuf>,
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("could not read `{0}`: {1}")]
    Read(PathBuf, std::io::Error),
    #[error("`{0}` is not a valid settings file: {1}")]
    Parse(PathBuf, toml::de::Error),
}

impl Settings {
    /// Decides every setting.
    pub(crate) fn decide(self) -> Result<Config, ConfigError> {
        let file = self.config.as_deref().map(read).transpose()?.unwrap_or_default();
        let data = self.data.or(file.data).unwrap_or_else(|| "./data".into());
        let database = self.database.or(file.database);
        Ok(Config {
            database: database.unwrap_or_else(|| format!("sqlite:{}", data.join("atelier.db").display())),
            objects: self.objects.or(file.objects),
            base_url: self.base_url.or(file.base_url),
            smtp: self.smtp.or(file.smtp),
            audit_key: self.audit_key.or(file.audit_key),
            mail_from: self
                .mail_from
                .or(file.mail_from)
                .unwrap_or_else(|| "Atelier <atelier@localhost>".into()),
            data,
        })
    }
}

impl Config {
    /// Where people reach this server, when it listens at `address`.
    pub(crate) fn base_url(&self, address: SocketAddr) -> String {
        self.base_url.clone().unwrap_or_else(|| format!("http://{address}"))
    }

    /// Where mail that is not sent is left.
    pub(crate) fn outbox(&self) -> PathBuf {
        self.data.join("outbox")
    }
}

fn read(path: &Path) -> Result<File, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Read(path.into(), error))?;
    toml::from_str(&text).map_err(|error| ConfigError::Parse(path.into(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_go_before_the_file_and_the_file_before_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("atelier.toml");
        std::fs::write(&path, "data = \"/srv/atelier\"\nbase-url = \"https://a.example.org\"\n").unwrap();
        let settings = Settings {
            config: Some(path.clone()),
            base_url: Some("https://b.example.org".into()),
            ..Settings::default()
        };
        let config = settings.decide().unwrap();
        assert_eq!(config.data, Path::new("/srv/atelier"));
        assert_eq!(config.database, "sqlite:/srv/atelier/atelier.db");
        assert_eq!(config.base_url(([127, 0, 0, 1], 8080).into()), "https://b.example.org");

        std::fs::write(&path, "dta = \"/srv\"").unwrap();
        let settings = Settings { config: Some(path), ..Settings::default() };
        assert!(settings.decide().is_err_and(|error| error.to_string().contains("dta")));
    }
}
