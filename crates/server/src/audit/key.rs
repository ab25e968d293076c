//! The key that signs the audit list's roots: a file, made in the data folder when it is first needed, or named by the
//! operator. It never leaves that file, and is never written anywhere else.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use atelier_domain::Hex;
use atelier_service::World;
use atelier_service::audit::AuditKey;

use crate::config::Config;

/// The file in the data folder.
const NAME: &str = "audit.key";

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("the audit key `{0}` could not be read or made: {1}")]
    File(PathBuf, io::Error),
    #[error("the audit key `{0}` can be read by everyone: allow it to its owner only (chmod 600)")]
    Open(PathBuf),
    #[error("the audit key `{0}` is none: a file with 64 hexadecimal digits is")]
    NoKey(PathBuf),
}

/// The key that signs. One of the data folder is made if it is not there yet; one that was named has to be there.
pub(crate) fn get(config: &Config, world: &World) -> Result<AuditKey, KeyError> {
    if let Some(path) = &config.audit_key {
        return read(path);
    }
    let path = config.data.join(NAME);
    match read(&path) {
        Err(KeyError::File(_, error)) if error.kind() == io::ErrorKind::NotFound => {
            make(&path, world).map_err(|error| KeyError::File(path.clone(), error))?;
            let key = read(&path)?;
            let public_key = key.public();
            tracing::info!(audit.key = %path.display(), audit.public_key = %public_key, "made the key that signs the audit list");
            Ok(key)
        }
        found => found,
    }
}

/// The key that signs, if there is one already.
pub(crate) fn find(config: &Config) -> Result<Option<AuditKey>, KeyError> {
    let path = config.audit_key.clone().unwrap_or_else(|| config.data.join(NAME));
    match read(&path) {
        Err(KeyError::File(_, error))
            if error.kind() == io::ErrorKind::NotFound && config.audit_key.is_none() =>
        {
            Ok(None)
        }
        found => found.map(Some),
    }
}

fn read(path: &Path) -> Result<AuditKey, KeyError> {
    let failed = |error| KeyError::File(path.into(), error);
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
    // A group may: that is how secrets are mounted for programs that do not run as root.
    if mode & 0o007 != 0 {
        return Err(KeyError::Open(path.into()));
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    // What is wrong with it is not told: it would show a part of a secret.
    let secret: Hex<32> = text.trim().parse().map_err(|_| KeyError::NoKey(path.into()))?;
    Ok(AuditKey::new(&secret))
}

/// Makes a key at `path`, unless another process is faster: nobody ever reads half of one.
fn make(path: &Path, world: &World) -> io::Result<()> {
    let secret = Hex(world.random::<32>());
    let draft = path.with_extension(Hex(world.random::<8>()).to_string());
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let made =
        writeln!(file, "{secret}").and_then(|()| file.sync_all()).and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    match made {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

#[cfg(test)]
mod tests {
    use atelier_testkit::{SeededEntropy, SteppedClock};

    use super::*;
    use crate::config::Settings;

    fn config(data: &Path) -> Config {
        let mut config = Settings::default().decide().unwrap();
        config.data = data.into();
        config
    }

    fn world() -> World {
        World::new(SteppedClock::default(), SeededEntropy::default())
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        assert!(find(&config).unwrap().is_none());
        let made = get(&config, &world()).unwrap().public();
        let path = folder.path().join(NAME);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        // It is found again, and is not that of the next who would make one.
        let other = World::new(SteppedClock::default(), SeededEntropy::default());
        let _ = other.random::<32>();
        assert_eq!(get(&config, &other).unwrap().public(), made);
        make(&path, &other).unwrap();
        assert_eq!(find(&config).unwrap().unwrap().public(), made);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no drafts are left");
    }

    #[test]
    fn a_key_that_is_named_is_never_made_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shared.key");
        let mut config = config(folder.path());
        config.audit_key = Some(path.clone());
        assert!(matches!(get(&config, &world()), Err(KeyError::File(..))));
        assert!(matches!(find(&config), Err(KeyError::File(..))));
        let secret = Hex([7; 32]).to_string();
        fs::write(&path, &secret[..63]).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
        assert!(matches!(get(&config, &world()), Err(KeyError::Open(_))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = get(&config, &world()).unwrap_err();
        assert!(matches!(error, KeyError::NoKey(_)));
        assert!(!format!("{error} {error:?}").contains(&secret[..8]), "{error:?}");
        fs::write(&path, &secret).unwrap();
        assert_eq!(get(&config, &world()).unwrap().public(), AuditKey::new(&Hex([7; 32])).public());
    }
}
