//! A PostgreSQL server for the tests alone: in a folder of its own, on a port of its own, gone afterwards.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::command::{Outcome, output, run};

/// Whether what was committed survives a loss of power.
#[derive(Clone, Copy)]
pub(crate) enum Durability {
    /// As the server is set up by itself.
    Durable,
    /// Tests may lose a machine's data, but should not wait for its disk.
    Hasty,
}

/// A running server; it ends when this is dropped.
pub(crate) struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Postgres {
    /// Makes a cluster in a fresh folder and starts it, with the server's programs in `programs`.
    pub(crate) fn start(programs: &Path, durability: Durability) -> Result<Self, String> {
        // Not below the target folder: the server runs as another user when we are root, who must be able to enter.
        let folder = std::env::temp_dir().join(format!("atelier-postgres-{}", std::process::id()));
        std::fs::create_dir(&folder)
            .map_err(|error| format!("could not make {}: {error}", folder.display()))?;
        let port = free_port()?;
        let server = Self { programs: programs.into(), folder, port };
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&server.folder))?;
        }
        let data = server.folder.join("data");
        let mut initdb = server.program("initdb");
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--pgdata"]).arg(&data);
        run(initdb.stdout(Stdio::null()))?;
        let durability = match durability {
            Durability::Durable => "",
            Durability::Hasty => "-c fsync=off -c synchronous_commit=off -c full_page_writes=off",
        };
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c max_connections=300 {durability}",
            server.folder.display()
        );
        let mut start = server.program("pg_ctl");
        start.arg("--pgdata").arg(&data).arg("--log").arg(server.folder.join("log"));
        start.args(["--wait", "--options", &options, "start"]);
        run(start.stdout(Stdio::null()))?;
        Ok(server)
    }

    /// Its address, with a database that always exists.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// One of its programs, run by a user who may: PostgreSQL refuses root.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        if !is_root() {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        stop.arg("--pgdata").arg(self.folder.join("data")).args(["--mode", "immediate", "--silent", "stop"]);
        if let Err(error) = run(&mut stop) {
            eprintln!("PostgreSQL did not stop: {error}");
        }
        // What is left of it is in the folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The folder with the newest installed server's programs.
pub(crate) fn programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(Result::ok)
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, programs)| programs.join("initdb").exists())
        .collect();
    versions.sort_unstable();
    versions.pop().map(|(_, programs)| programs)
}

/// Whether we are root.
pub(crate) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|error| format!("no port is free: {error}"))
}

/// Runs `work` with a server's address, and stops the server afterwards.
pub(crate) fn with_postgres(
    programs: &Path,
    durability: Durability,
    work: impl FnOnce(&str) -> Outcome,
) -> Outcome {
    let server = Postgres::start(programs, durability)?;
    work(&server.url())
}
