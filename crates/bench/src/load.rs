//! What makes requests: `wrk`, as many as are answered, and `oha`, so many in each second or over HTTP/2.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::Result;

/// How requests were answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Answered {
    /// Answers in a second.
    pub(crate) per_second: f64,
    /// What half of them took at most.
    pub(crate) median: Duration,
    /// What 99 of 100 took at most.
    pub(crate) p99: Duration,
}

/// What is asked again and again.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// The address.
    pub(crate) url: String,
    /// Header fields, each with its name.
    pub(crate) headers: Vec<String>,
    /// What is posted, one after the other and then again; nothing, if it is only asked.
    pub(crate) bodies: Vec<Vec<u8>>,
}

impl Question {
    /// A request for `url`, with `headers`.
    pub(crate) fn get(url: String, headers: &[&str]) -> Self {
        Self { url, headers: headers.iter().map(|header| (*header).to_owned()).collect(), bodies: Vec::new() }
    }

    /// `bodies` posted to `url`, with `headers`. Several are texts of one line each.
    pub(crate) fn post(url: String, headers: &[&str], bodies: Vec<Vec<u8>>) -> Self {
        Self { bodies, ..Self::get(url, headers) }
    }
}

/// The programs that make requests, and a folder for what they read.
pub(crate) struct Load {
    /// Where `oha` lies.
    pub(crate) oha: PathBuf,
    /// For the bodies and scripts that they read.
    pub(crate) folder: tempfile::TempDir,
}

/// Says for `wrk` what is asked, and prints what was measured as six numbers, times in microseconds.
const SCRIPT: &str = r#"
wrk.method = METHOD
for name, value in pairs(FIELDS) do wrk.headers[name] = value end
if BODIES then
  local bodies, turn = {}, 0
  for line in io.lines(BODIES) do bodies[#bodies + 1] = line end
  function request()
    turn = turn % #bodies + 1
    return wrk.format(nil, nil, nil, bodies[turn])
  end
end
function done(summary, latency)
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("measured %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), errors.status, lost))
end
"#;

impl Load {
    /// Asks over HTTP/1 by so many connections for so long, each as soon as it is answered.
    ///
    /// # Errors
    /// When anything is answered otherwise than well.
    pub(crate) fn at_most(&self, question: &Question, connections: u32, time: Duration) -> Result<Answered> {
        let script = self.script(question)?;
        let output = Command::new("wrk")
            .args(["--threads", "1", "--timeout", "10s", "--connections", &connections.to_string()])
            .args(["--duration", &format!("{}s", time.as_secs().max(1)), "--script"])
            .arg(script)
            .arg(&question.url)
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text.lines().find_map(|line| line.strip_prefix("measured "));
        let numbers: Vec<u64> =
            line.unwrap_or_default().split(' ').filter_map(|number| number.parse().ok()).collect();
        let &[requests, micros, median, p99, refused, lost] = numbers.as_slice() else {
            return Err(format!("wrk did not measure {}: {text}", question.url).into());
        };
        if refused + lost > 0 || requests == 0 {
            let url = &question.url;
            return Err(
                format!("of {requests} requests for {url}, {refused} were refused and {lost} lost").into()
            );
        }
        #[expect(clippy::cast_precision_loss, reason = "there are not that many")]
        let per_second = requests as f64 * 1e6 / micros as f64;
        Ok(Answered { per_second, median: Duration::from_micros(median), p99: Duration::from_micros(p99) })
    }

    /// How long it takes to answer it once.
    ///
    /// # Errors
    /// When it is answered otherwise than well.
    pub(crate) fn once(&self, question: &Question) -> Result<Duration> {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--fail", "--output", "/dev/null", "--write-out", "%{time_total}"]);
        for header in &question.headers {
            curl.args(["--header", header]);
        }
        if let Some(body) = question.bodies.first() {
            curl.arg("--data-binary").arg(format!("@{}", self.keep("once", body)?.display()));
        }
        let output = curl.arg(&question.url).output()?;
        if !output.status.success() {
            return Err(format!("a request for {} was not answered well", question.url).into());
        }
        Ok(Duration::from_secs_f64(String::from_utf8_lossy(&output.stdout).trim().parse()?))
    }

    fn script(&self, question: &Question) -> Result<PathBuf> {
        let fields: Vec<String> = question
            .headers
            .iter()
            .filter_map(|header| header.split_once(": "))
            .map(|(name, value)| format!("[{name:?}] = {value:?}"))
            .collect();
        let (method, bodies) = match question.bodies.as_slice() {
            [] => ("GET", "nil".to_owned()),
            bodies => {
                ("POST", format!("{:?}", self.keep("bodies", &bodies.join(&b'\n'))?.display().to_string()))
            }
        };
        let fields = fields.join(", ");
        let script = format!("local METHOD, FIELDS, BODIES = {method:?}, {{ {fields} }}, {bodies}\n{SCRIPT}");
        self.keep("script.lua", script.as_bytes())
    }

    fn keep(&self, name: &str, content: &[u8]) -> Result<PathBuf> {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content)?;
        Ok(path)
    }

    /// Asks over HTTP/2 by so many connections, each with so many questions under way, for so long.
    ///
    /// # Errors
    /// When anything is answered otherwise than well.
    pub(crate) fn over_http2(
        &self,
        question: &Question,
        connections: u32,
        each: u32,
        time: Duration,
    ) -> Result<Answered> {
        let mut oha = self.oha(question, connections, time)?;
        oha.args(["--http2", "-p", &each.to_string()]);
        read(&Running(oha.stdout(Stdio::piped()).spawn()?).end()?)
    }

    /// Starts to ask `per_second` times a second for so long, by up to so many connections. What takes long is told as
    /// late, rather than asked later.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn paced(
        &self,
        question: &Question,
        per_second: f64,
        connections: u32,
        time: Duration,
    ) -> Result<Paced> {
        let mut oha = self.oha(question, connections, time)?;
        oha.args(["--latency-correction", "-q", &format!("{per_second:.0}")]);
        Ok(Paced(Running(oha.stdout(Stdio::piped()).spawn()?)))
    }

    fn oha(&self, question: &Question, connections: u32, time: Duration) -> Result<Command> {
        let mut oha = Command::new(&self.oha);
        oha.args(["--no-tui", "--output-format", "json", "--disable-compression", "--redirect", "0"]);
        oha.args(["-c", &connections.to_string(), "-z", &format!("{}ms", time.as_millis())]);
        for header in &question.headers {
            oha.args(["-H", header]);
        }
        match question.bodies.as_slice() {
            [] => {}
            [body] => {
                oha.args(["-m", "POST", "-D"]).arg(self.keep(&format!("body-{}", body.len()), body)?);
            }
            bodies => {
                let lines = bodies.join(&b'\n');
                oha.args(["-m", "POST", "-Z"]).arg(self.keep(&format!("bodies-{}", lines.len()), &lines)?);
            }
        }
        oha.arg(&question.url);
        Ok(oha)
    }
}

/// Requests that are being made at a pace.
pub(crate) struct Paced(Running);

impl Paced {
    /// Waits until all of them are made.
    ///
    /// # Errors
    /// When anything was answered otherwise than well.
    pub(crate) fn end(self) -> Result<Answered> {
        read(&self.0.end()?)
    }
}

/// A program that is ended when this is dropped.
struct Running(Child);

impl Running {
    fn end(mut self) -> Result<serde_json::Value> {
        let output = self.0.stdout.take().ok_or("oha has no output")?;
        let measured = serde_json::from_reader(output)?;
        self.0.wait()?;
        Ok(measured)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads what `oha` measured. Requests that were under way when the time was over count as neither good nor bad.
fn read(measured: &serde_json::Value) -> Result<Answered> {
    let statuses = measured["statusCodeDistribution"].as_object().ok_or("oha counted no answers")?;
    let bad: Vec<String> = statuses
        .iter()
        .filter(|(status, _)| !status.starts_with('2'))
        .map(|(status, count)| format!("{count} answers of {status}"))
        .chain(
            measured["errorDistribution"]
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(error, _)| *error != "aborted due to deadline")
                .map(|(error, count)| format!("{count} times: {error}")),
        )
        .collect();
    if !bad.is_empty() || statuses.is_empty() {
        return Err(format!("not everything was answered well: {}", bad.join(", ")).into());
    }
    let seconds =
        |value: &serde_json::Value| value.as_f64().map(Duration::from_secs_f64).ok_or("oha measured no time");
    Ok(Answered {
        per_second: measured["summary"]["requestsPerSec"].as_f64().ok_or("oha measured nothing")?,
        median: seconds(&measured["latencyPercentiles"]["p50"])?,
        p99: seconds(&measured["latencyPercentiles"]["p99"])?,
    })
}

/// The path of `oha`, which `cargo xtask bench` installs into `tools`.
pub(crate) fn oha_in(tools: &Path) -> PathBuf {
    tools.join("bin").join("oha")
}
