//! What predicting takes, on one thread and on two: pictures from the bytes of a file on, as a server gets them.

use std::io::Cursor;
use std::num::NonZeroUsize;

use atelier_learn::engine::Lanes;
use atelier_learn::picture::Prepared;
use atelier_learn::public;
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use image::{ImageFormat, Rgb, RgbImage};

fn main() {
    divan::main();
}

/// A picture as a camera gives it: a JPEG of about a megapixel.
fn photo() -> Vec<u8> {
    let shade = |value: f32| (128.0 + 127.0 * value.sin()) as u8;
    let picture = RgbImage::from_fn(1200, 900, |x, y| {
        let (x, y) = (x as f32, y as f32);
        Rgb([shade(x / 37.0), shade(y / 23.0), shade((x + y) / 71.0)])
    });
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg).expect("memory takes what is written");
    bytes
}

fn decoded(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).expect("it was written just now").into_rgb8()
}

fn lanes(threads: usize) -> Lanes {
    Lanes::new(NonZeroUsize::new(threads).expect("at least one"))
}

#[divan::bench]
fn picture_with_decoding(bencher: Bencher) {
    let (model, lanes, bytes) = (public::pictures().expect("it is built in"), Lanes::one(), photo());
    bencher.bench_local(|| {
        let prepared = Prepared::new(&decoded(black_box(&bytes))).expect("it has pixels");
        model.look(&lanes, &[prepared])
    });
}

#[divan::bench]
fn preparing(bencher: Bencher) {
    let picture = decoded(&photo());
    bencher.bench_local(|| Prepared::new(black_box(&picture)));
}

#[divan::bench(args = [1, 2], sample_count = 10)]
fn pictures_32(bencher: Bencher, threads: usize) {
    let (model, lanes) = (public::pictures().expect("it is built in"), lanes(threads));
    let batch = vec![Prepared::new(&decoded(&photo())).expect("it has pixels"); 32];
    bencher.counter(ItemsCount::new(batch.len())).bench_local(|| model.look(&lanes, black_box(&batch)));
}

#[divan::bench]
fn sentence(bencher: Bencher) {
    let (model, lanes) = (public::texts().expect("it is built in"), Lanes::one());
    let text = "The delivery came two days late and the box was damaged.";
    bencher.bench_local(|| model.embed(&lanes, &[black_box(text)]));
}

#[divan::bench]
fn longest_text(bencher: Bencher) {
    let (model, lanes) = (public::texts().expect("it is built in"), Lanes::one());
    let text = "The delivery came two days late and the box was damaged. ".repeat(40);
    bencher.bench_local(|| model.embed(&lanes, &[black_box(&text)]));
}

#[divan::bench(sample_count = 10)]
fn loading_pictures(bencher: Bencher) {
    bencher.with_inputs(public::forget).bench_local_values(|()| public::pictures());
}

#[divan::bench(sample_count = 10)]
fn loading_texts(bencher: Bencher) {
    bencher.with_inputs(public::forget).bench_local_values(|()| public::texts());
}
