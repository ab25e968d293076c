//! How soon a model answers, and what it costs to have models loaded.

use std::io::Cursor;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use serde_json::json;

use crate::document::Table;
use crate::load::Question;
use crate::process::Server;
use crate::scale::fill;
use crate::stage::{Database, Place};
use crate::{Bench, Result, block_on, median, milliseconds};

/// How long each is asked, and how often.
const TIME: Duration = Duration::from_secs(5);
const TIMES: usize = 3;

/// How many pictures a batch has.
const BATCH: usize = 32;

/// Measures answers over REST, one connection, and memory.
pub(crate) fn measure(bench: &Bench) -> Result<String> {
    let place = Place::new(Database::Sqlite, &bench.postgres, "predict")?;
    let filled = block_on(fill::fill(place.folder(), &place.url(), 100))?;
    let server = place.serve(bench)?;
    let ready_after = server.ready_after;
    let idle = server.memory()?;
    let authorization = format!("authorization: Key {}", filled.owner_token);
    let (one, batch) = (pictures(&server, &authorization, 1)?, pictures(&server, &authorization, BATCH)?);
    let sentence =
        "The red sign at the corner of the harbour is bent, and nobody has mended it since the storm.";
    let text = question(
        &server,
        "general-text-embedding",
        &authorization,
        &[json!({ "data": { "text": { "raw": sentence } } })],
    );
    // The first of each loads its model.
    let (first_picture, first_text) = (bench.load.once(&one)?, bench.load.once(&text)?);
    let mut table = Table::new(&["asked for", "median", "99 of 100 within", "aim"]);
    let mut asked = |name: &str, question: &Question, aim: &str| -> Result<Duration> {
        let mut answered = Vec::new();
        for _ in 0..TIMES {
            answered.push(bench.load.at_most(question, 1, TIME)?);
        }
        let half = median(answered.iter().map(|answered| answered.median).collect());
        let nearly_all = median(answered.iter().map(|answered| answered.p99).collect());
        table.add(vec![name.into(), milliseconds(half), milliseconds(nearly_all), aim.into()]);
        Ok(half)
    };
    let alone = asked("one picture, recognised", &one, "45 ms")?;
    let together = asked("32 pictures in one request", &batch, "–")?;
    asked("one sentence, embedded", &text, "8 ms")?;
    let loaded = server.memory()?;
    #[expect(clippy::cast_precision_loss, reason = "there are 32")]
    let gain = alone.as_secs_f64() * BATCH as f64 / together.as_secs_f64();
    Ok(format!(
        "A photograph of 640 × 480 pixels as JPEG (noise over a gradient), and a sentence of 19 words, over REST by one \
         connection, on SQLite, from the request to the answer: medians of {TIMES} times {} s.\n\n{}\n\
         A batch of {BATCH} is answered {gain:.2} times as fast as one after the other, on two processors that also make \
         the requests; aim 1.8. The first picture, whose model is loaded then, took {}, the first sentence {}. The server \
         was ready after {} (aim 1 s), and held {idle:.0} MB before and {loaded:.0} MB with both models loaded, after all \
         of this (aim 200).\n",
        TIME.as_secs(),
        table.text(),
        milliseconds(first_picture),
        milliseconds(first_text),
        milliseconds(ready_after),
    ))
}

fn pictures(server: &Server, authorization: &str, count: usize) -> Result<Question> {
    let mut inputs = Vec::new();
    for seed in 0..count {
        let picture = STANDARD.encode(photograph(u32::try_from(seed)?)?);
        inputs.push(json!({ "data": { "image": { "base64": picture } } }));
    }
    Ok(question(server, "general-image-recognition", authorization, &inputs))
}

fn question(server: &Server, model: &str, authorization: &str, inputs: &[serde_json::Value]) -> Question {
    let url = format!("{}/v2/users/clarifai/apps/main/models/{model}/outputs", server.url);
    let body = json!({ "inputs": inputs }).to_string().into_bytes();
    Question::post(url, &[authorization, "content-type: application/json"], vec![body])
}

/// Something with as much to decode as a photograph has.
pub(crate) fn photograph(seed: u32) -> Result<Vec<u8>> {
    let picture = RgbImage::from_fn(640, 480, |x, y| {
        let noise =
            (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503) ^ seed).wrapping_mul(2_246_822_519) >> 27;
        let shade = |part: u32| u8::try_from((part + noise) % 256).unwrap_or(u8::MAX);
        Rgb([shade(x / 3), shade(y / 2), shade((x + y) / 5 + seed)])
    });
    let mut bytes = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(Cursor::new(&mut bytes), 85))?;
    Ok(bytes)
}
