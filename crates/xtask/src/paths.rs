//! Where things lie.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The places that the steps read and write.
pub(crate) struct Paths {
    /// The workspace.
    pub(crate) root: PathBuf,
    /// Cargo's output, `target` unless `CARGO_TARGET_DIR` says otherwise.
    pub(crate) target: PathBuf,
    /// The cargo that started this program, so that every step uses the same toolchain.
    pub(crate) cargo: PathBuf,
}

impl Paths {
    /// The cargo that started this program. Build scripts that look at what it says of the package that it runs would run
    /// again, with all that hangs on them, whenever it is not started by this program: it says nothing of that.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = Command::new(&self.cargo);
        for (name, _) in std::env::vars_os() {
            let of_package = |name: &str| {
                name.starts_with("CARGO_PKG_")
                    || name.starts_with("CARGO_MANIFEST_")
                    || name == "CARGO_BIN_NAME"
            };
            if name.to_str().is_some_and(of_package) {
                cargo.env_remove(name);
            }
        }
        cargo
    }

    /// Finds the places from what cargo says of this crate as it starts it: a program that was built in another clone, of
    /// which the cache folder is shared, is taken over as it is.
    pub(crate) fn find() -> Self {
        let own = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&own).ancestors().nth(2).unwrap_or(Path::new("."));
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        Self {
            root: root.to_owned(),
            target: root.join(target),
            cargo: std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()).into(),
        }
    }

    /// The finished bundle: one folder named after its content, `public` and `manifest.json`.
    pub(crate) fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The server's binary.
    pub(crate) fn server(&self, release: bool) -> PathBuf {
        let profile = if release { "release" } else { "debug" };
        self.target.join(profile).join("atelier").with_extension(std::env::consts::EXE_EXTENSION)
    }

    /// The binary of an example that some crate has for tests.
    pub(crate) fn example(&self, name: &str) -> PathBuf {
        self.target.join("debug").join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION)
    }
}
