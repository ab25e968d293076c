//! Where settings come from: flags first, then the environment, then one TOML file, then defaults.

use std::net::{AddrParseError, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use atelier_domain::limit::Allowance;
use atelier_domain::time::SECOND;
use atelier_service::identity::ProviderSettings;
use clap::Args;
use ipnet::IpNet;
use serde::Deserialize;

use crate::proxies::network;

/// As many requests of one key in ten seconds no program makes that means well.
const REQUESTS_PER_KEY: u32 = 10_000;

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
    /// How many requests one key makes at most in ten seconds, of each server [default: 10000].
    #[arg(long, env = "ATELIER_REQUESTS_PER_KEY", global = true)]
    requests_per_key: Option<NonZeroU32>,
    /// Networks of the proxies whose `X-Forwarded-For` is believed, such as `10.0.0.0/8,192.0.2.7` [default: none].
    #[arg(long, env = "ATELIER_TRUSTED_PROXIES", global = true, value_delimiter = ',', value_parser = network)]
    trusted_proxies: Vec<IpNet>,
    /// Whether inputs can be named by their addresses, which the server then fetches [default: true].
    #[arg(long, env = "ATELIER_FETCH_INPUTS", global = true)]
    fetch_inputs: Option<bool>,
    /// The file with the key that signs the audit list, one for all servers over one database
    /// [default: audit.key in the data folder, made when it is first needed].
    #[arg(long, env = "ATELIER_AUDIT_KEY", global = true)]
    audit_key: Option<PathBuf>,
    /// The OpenTelemetry collector that is told by OTLP over HTTP how requests were answered, such as
    /// `http://127.0.0.1:4318` [default: none].
    #[arg(long, env = "ATELIER_TRACES", global = true, hide_env_values = true, value_name = "URL")]
    traces: Option<String>,
    /// The OpenID Connect provider by which people sign in, such as `https://id.example.org`, beside those of the file
    /// [default: none].
    #[arg(long, env = "ATELIER_PROVIDER_ISSUER", global = true, value_name = "URL")]
    provider_issuer: Option<String>,
    /// What the provider is called on the button [default: single sign-on].
    #[arg(long, env = "ATELIER_PROVIDER_NAME", global = true, value_name = "NAME")]
    provider_name: Option<String>,
    /// What the provider calls Atelier.
    #[arg(long, env = "ATELIER_PROVIDER_CLIENT_ID", global = true, value_name = "ID")]
    provider_client_id: Option<String>,
    /// By what the provider knows Atelier: for the environment, since programs see each other's flags.
    #[arg(
        long,
        env = "ATELIER_PROVIDER_CLIENT_SECRET",
        global = true,
        hide_env_values = true,
        value_name = "SECRET"
    )]
    provider_client_secret: Option<String>,
    /// The file that holds it.
    #[arg(long, env = "ATELIER_PROVIDER_CLIENT_SECRET_FILE", global = true, value_name = "FILE")]
    provider_client_secret_file: Option<PathBuf>,
}

/// The name in addresses of the provider that flags name.
const PROVIDER: &str = "sso";

/// A provider, as the settings name it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Provider {
    id: String,
    name: String,
    issuer: String,
    client_id: String,
    #[serde(skip)]
    client_secret: Option<String>,
    client_secret_file: Option<PathBuf>,
}

/// The same, as a file has them.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    data: Option<PathBuf>,
    database: Option<String>,
    objects: Option<String>,
    base_url: Option<String>,
    smtp: Option<String>,
    mail_from: Option<String>,
    requests_per_key: Option<NonZeroU32>,
    trusted_proxies: Option<Vec<String>>,
    fetch_inputs: Option<bool>,
    audit_key: Option<PathBuf>,
    traces: Option<String>,
    #[serde(default)]
    providers: Vec<Provider>,
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
    /// How many requests one key makes.
    pub(crate) per_key: Allowance,
    /// The proxies whose word is taken for where a request came from.
    pub(crate) trusted_proxies: Arc<[IpNet]>,
    /// Whether inputs are fetched from addresses.
    pub(crate) fetches_inputs: bool,
    /// The file with the key that signs the audit list; none for the one in the data folder.
    pub(crate) audit_key: Option<PathBuf>,
    /// The collector of traces; none, where nobody follows what is done.
    pub(crate) traces: Option<String>,
    /// The providers by which people sign in.
    providers: Vec<Provider>,
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("could not read `{0}`: {1}")]
    Read(PathBuf, std::io::Error),
    #[error("`{0}` is not a valid settings file: {1}")]
    Parse(PathBuf, toml::de::Error),
    #[error("`{0}` is no network such as `10.0.0.0/8`: {1}")]
    Network(String, AddrParseError),
    #[error("the provider `{0}` needs its client secret, in the environment or in a file")]
    NoSecret(String),
}

impl Settings {
    /// Decides every setting.
    pub(crate) fn decide(self) -> Result<Config, ConfigError> {
        let file = self.config.as_deref().map(read).transpose()?.unwrap_or_default();
        let data = self.data.or(file.data).unwrap_or_else(|| "./data".into());
        let database = self.database.or(file.database);
        let mut trusted_proxies = self.trusted_proxies;
        if trusted_proxies.is_empty() {
            for text in file.trusted_proxies.unwrap_or_default() {
                trusted_proxies.push(network(&text).map_err(|error| ConfigError::Network(text, error))?);
            }
        }
        let mut providers = file.providers;
        if let Some(issuer) = self.provider_issuer {
            providers.push(Provider {
                id: PROVIDER.into(),
                name: self.provider_name.unwrap_or_else(|| "single sign-on".into()),
                issuer,
                client_id: self.provider_client_id.unwrap_or_default(),
                client_secret: self.provider_client_secret,
                client_secret_file: self.provider_client_secret_file,
            });
        }
        Ok(Config {
            providers,
            database: database.unwrap_or_else(|| format!("sqlite:{}", data.join("atelier.db").display())),
            objects: self.objects.or(file.objects),
            base_url: self.base_url.or(file.base_url),
            smtp: self.smtp.or(file.smtp),
            audit_key: self.audit_key.or(file.audit_key),
            traces: self.traces.or(file.traces),
            mail_from: self
                .mail_from
                .or(file.mail_from)
                .unwrap_or_else(|| "Atelier <atelier@localhost>".into()),
            per_key: Allowance::new(
                self.requests_per_key.or(file.requests_per_key).map_or(REQUESTS_PER_KEY, NonZeroU32::get),
                10 * SECOND,
            ),
            trusted_proxies: trusted_proxies.into(),
            fetches_inputs: self.fetch_inputs.or(file.fetch_inputs).unwrap_or(true),
            data,
        })
    }
}

impl Config {
    /// Where people reach this server, when it listens at `address`.
    pub(crate) fn base_url(&self, address: SocketAddr) -> String {
        self.base_url.clone().unwrap_or_else(|| format!("http://{address}"))
    }

    /// The providers by which people sign in, with their secrets.
    pub(crate) fn providers(&self) -> Result<Vec<ProviderSettings>, ConfigError> {
        let with_secret = |provider: &Provider| {
            let secret = match (&provider.client_secret, &provider.client_secret_file) {
                (Some(secret), _) => secret.clone(),
                (None, Some(path)) => std::fs::read_to_string(path)
                    .map_err(|error| ConfigError::Read(path.clone(), error))?
                    .trim_end()
                    .to_owned(),
                (None, None) => return Err(ConfigError::NoSecret(provider.id.clone())),
            };
            Ok(ProviderSettings {
                id: provider.id.clone(),
                name: provider.name.clone(),
                issuer: provider.issuer.clone(),
                client_id: provider.client_id.clone(),
                client_secret: secret,
            })
        };
        self.providers.iter().map(with_secret).collect()
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
        std::fs::write(&path, "data = \"/srv/atelier\"\nbase-url = \"https://a.example.org\"\ntraces = \"http://traces:4318\"\n").unwrap();
        let settings = Settings {
            config: Some(path.clone()),
            base_url: Some("https://b.example.org".into()),
            ..Settings::default()
        };
        let config = settings.decide().unwrap();
        assert_eq!(config.data, Path::new("/srv/atelier"));
        assert_eq!(config.database, "sqlite:/srv/atelier/atelier.db");
        assert_eq!(config.traces.as_deref(), Some("http://traces:4318"));
        assert_eq!(config.base_url(([127, 0, 0, 1], 8080).into()), "https://b.example.org");

        let secret = folder.path().join("secret");
        std::fs::write(&secret, "known to both\n").unwrap();
        let providers = format!(
            "[[providers]]\nid = \"example\"\nname = \"Example\"\nissuer = \"https://id.example.org\"\n\
             client-id = \"atelier\"\nclient-secret-file = {secret:?}\n"
        );
        std::fs::write(&path, providers).unwrap();
        let settings = Settings {
            config: Some(path.clone()),
            provider_issuer: Some("https://login.example.org".into()),
            provider_client_id: Some("atelier".into()),
            ..Settings::default()
        };
        let without = settings.clone().decide().unwrap().providers();
        assert!(without.is_err_and(|error| error.to_string().contains("`sso` needs its client secret")));
        let settings = Settings { provider_client_secret: Some("told".into()), ..settings };
        let providers = settings.decide().unwrap().providers().unwrap();
        let told: Vec<_> =
            providers.iter().map(|one| (one.id.as_str(), one.client_secret.as_str())).collect();
        assert_eq!(told, [("example", "known to both"), ("sso", "told")]);

        std::fs::write(&path, "dta = \"/srv\"").unwrap();
        let settings = Settings { config: Some(path), ..Settings::default() };
        assert!(settings.decide().is_err_and(|error| error.to_string().contains("dta")));
    }
}
