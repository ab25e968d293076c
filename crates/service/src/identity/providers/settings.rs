//! What an operator says of a provider.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

/// A provider, and what Atelier is to it.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderSettings {
    /// Its name in addresses: small letters, digits and `-`.
    pub id: String,
    /// What it is called on the button.
    pub name: String,
    /// Its address, exactly as it gives it itself.
    pub issuer: String,
    /// What it calls Atelier.
    pub client_id: String,
    /// By what it knows Atelier.
    pub client_secret: String,
}

/// Never the secret itself.
impl fmt::Debug for ProviderSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderSettings").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a provider cannot be meant.
#[derive(Debug, thiserror::Error)]
pub enum InvalidProvider {
    /// Its name does not fit into an address.
    #[error("the provider `{0}` must be named by small letters, digits and `-`")]
    Id(String),
    /// It lacks something.
    #[error("the provider `{0}` needs {1}")]
    Missing(String, &'static str),
    /// Its address is none, or would be asked without encryption.
    #[error("the issuer of the provider `{0}` must be an address that starts with https://")]
    Issuer(String),
    /// Another one has its name or its address.
    #[error("the provider `{0}` has the name or the issuer of another one")]
    Twice(String),
    /// Nothing can be asked of anyone.
    #[error("no provider can be asked for anything")]
    Client(#[source] reqwest::Error),
}

impl ProviderSettings {
    /// Checks what can be checked without asking the provider.
    pub(super) fn check(&self) -> Result<(), InvalidProvider> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || self.id.len() > 40 || !self.id.chars().all(is_plain) {
            return Err(InvalidProvider::Id(self.id.clone()));
        }
        for (value, what) in [
            (&self.name, "a name"),
            (&self.client_id, "a client identifier"),
            (&self.client_secret, "a client secret"),
        ] {
            if value.trim().is_empty() {
                return Err(InvalidProvider::Missing(self.id.clone(), what));
            }
        }
        if self.issuer.parse().is_ok_and(|issuer| is_protected(&issuer)) {
            Ok(())
        } else {
            Err(InvalidProvider::Issuer(self.id.clone()))
        }
    }
}

/// Whether nobody on the way reads along: by encryption, or because there is no way, on this machine.
pub(super) fn is_protected(url: &Url) -> bool {
    let is_here = || {
        let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_here())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(id: &str, issuer: &str) -> ProviderSettings {
        ProviderSettings {
            id: id.into(),
            name: "Example".into(),
            issuer: issuer.into(),
            client_id: "atelier".into(),
            client_secret: "kept".into(),
        }
    }

    /// ASVS 10.1.1.
    #[test]
    fn a_provider_is_asked_over_tls_or_on_this_machine() {
        for good in
            ["https://id.example.org", "http://127.0.0.1:4000", "http://[::1]:4000/x", "http://localhost:1"]
        {
            assert!(settings("example", good).check().is_ok(), "{good}");
        }
        for bad in
            ["http://id.example.org", "http://127.0.0.1.example.org", "id.example.org", "ftp://localhost", ""]
        {
            assert!(matches!(settings("example", bad).check(), Err(InvalidProvider::Issuer(_))), "{bad}");
        }
    }

    #[test]
    fn what_is_missing_is_told_and_the_secret_is_not() {
        for bad in ["", "a b", "Example", "a/b", ".."] {
            let refused = settings(bad, "https://id.example.org").check();
            assert!(matches!(refused, Err(InvalidProvider::Id(_))), "{bad}");
        }
        let nameless = ProviderSettings { name: " ".into(), ..settings("example", "https://id.example.org") };
        assert!(nameless.check().is_err_and(|error| error.to_string().contains("needs a name")));
        assert!(!format!("{nameless:?}").contains("kept"));
    }
}
