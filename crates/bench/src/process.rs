//! Programs that are measured: started, watched, ended.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::{Result, stopwatch};

/// A program that listens on loopback; it is ended when this is dropped.
pub(crate) struct Server {
    process: Child,
    /// Where it is reached, without a slash at the end.
    pub(crate) url: String,
    /// How long it took from its start until it said that it was ready.
    pub(crate) ready_after: Duration,
}

impl Server {
    /// Starts the server `program` over the database at `url` and the folder `data`.
    pub(crate) fn atelier(program: &Path, data: &Path, url: &str) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--database", url, "--data"]).arg(data);
        // One key makes more requests here than any program that means well.
        command.env("ATELIER_REQUESTS_PER_KEY", u32::MAX.to_string());
        Self::start(command, Some("/readyz"))
    }

    /// Starts the floors over the database at `url`, with the answers in `folder`.
    pub(crate) fn floor(folder: &Path, url: &str) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["floor", "--answers"]).arg(folder).args(["--database", url]);
        Self::start(command, None)
    }

    fn start(mut command: Command, ready: Option<&str>) -> Result<Self> {
        let started = stopwatch();
        let mut process = command.stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().ok_or("the server has no output")?;
        let mut lines = BufReader::new(output).lines();
        let said = lines.by_ref().map_while(std::result::Result::ok);
        let url = said
            .filter_map(|line| Some(line.split_once("http://")?.1.trim().to_owned()))
            .map(|address| format!("http://{address}"))
            .next();
        let Some(url) = url else {
            // It may have ended by itself.
            let _ = process.kill();
            return Err("the server ended before it listened".into());
        };
        // The rest is read away, or the server would stop at a full pipe.
        std::thread::spawn(move || lines.map_while(std::result::Result::ok).for_each(drop));
        let mut server = Self { process, url, ready_after: Duration::ZERO };
        if let Some(path) = ready {
            while server.get(path, &[]).is_err() {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        server.ready_after = started.elapsed();
        Ok(server)
    }

    /// The body of the answer to a request for `path`.
    ///
    /// # Errors
    /// When the answer is no success.
    pub(crate) fn get(&self, path: &str, headers: &[&str]) -> Result<Vec<u8>> {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--fail"]).arg(format!("{}{path}", self.url));
        for header in headers {
            curl.args(["--header", header]);
        }
        let output = curl.output()?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(format!("a request for {path} was not answered well").into())
        }
    }

    /// How long the answer to a request for `path` takes.
    ///
    /// # Errors
    /// When the answer is no success.
    pub(crate) fn time(&self, path: &str, headers: &[&str]) -> Result<Duration> {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--fail", "--output", "/dev/null", "--write-out", "%{time_total}"]);
        curl.arg(format!("{}{path}", self.url));
        for header in headers {
            curl.args(["--header", header]);
        }
        let output = curl.output()?;
        if output.status.success() {
            Ok(Duration::from_secs_f64(String::from_utf8_lossy(&output.stdout).trim().parse()?))
        } else {
            Err(format!("a request for {path} was not answered well").into())
        }
    }

    /// How much memory it holds, in megabytes (VmRSS).
    pub(crate) fn memory(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line =
            status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("the server has ended")?;
        let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes / 1024.0)
    }

    /// How many files and connections it holds open.
    pub(crate) fn open_files(&self) -> Result<usize> {
        Ok(std::fs::read_dir(format!("/proc/{}/fd", self.process.id()))?.count())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to do.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
