//! What learning and searching cost, on one thread.

use std::ops::ControlFlow;

use atelier_learn::index::{Index, Key, Metric, Precision};
use atelier_learn::linear::{Options, Penalty, Problem, Scaling, fit};
use atelier_learn::{Rows, Targets};
use divan::{AllocProfiler, Bencher, black_box};

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// Numbers that look random: xorshift.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// Of mean 0 and variance 1.
    fn normal(&mut self) -> f32 {
        (0..4).map(|_| self.uniform()).sum::<f32>() * 3.0_f32.sqrt() - 2.0 * 3.0_f32.sqrt()
    }
}

/// Clusters that overlap, as embeddings of pictures do: examples of one after the other, without end.
fn examples(width: usize, classes: usize, apart: f32) -> impl Iterator<Item = Vec<f32>> {
    let mut random = Random(0x5eed);
    let middles: Vec<f32> = (0..classes * width).map(|_| random.normal() * apart).collect();
    (0..classes).cycle().map(move |class| {
        middles[class * width..][..width].iter().map(|middle| middle + random.normal()).collect()
    })
}

const EXAMPLES: usize = 10_000;
const WIDTH: usize = 1_280;
const CLASSES: usize = 10;

fn fitting(bencher: Bencher<'_, '_>, options: Options) {
    let values: Vec<f32> = examples(WIDTH, CLASSES, 0.08).take(EXAMPLES).flatten().collect();
    let of: Vec<u32> = (0..EXAMPLES).map(|example| (example % CLASSES) as u32).collect();
    let problem = Problem {
        rows: Rows::new(&values, WIDTH).unwrap(),
        targets: Targets::Exclusive { classes: CLASSES, of: &of },
        weights: None,
    };
    bencher.bench_local(|| fit(&problem, black_box(&options), &mut |_| ControlFlow::Continue(())).unwrap());
}

#[divan::bench(sample_count = 5)]
fn fit_ten_thousand(bencher: Bencher<'_, '_>) {
    fitting(bencher, Options { penalty: Penalty::Fixed(1.0), scaling: Scaling::None, ..Options::default() });
}

#[divan::bench(sample_count = 3)]
fn fit_ten_thousand_and_choose(bencher: Bencher<'_, '_>) {
    fitting(bencher, Options::default());
}

const VECTORS: usize = 100_000;

fn index(width: usize) -> (Index, Vec<f32>) {
    let mut index = Index::new(width, Metric::Cosine, Precision::Fine);
    index.reserve(VECTORS);
    let mut examples = examples(width, 100, 1.0);
    for (key, vector) in examples.by_ref().take(VECTORS).enumerate() {
        index.insert(key as Key, &vector).unwrap();
    }
    (index, examples.next().unwrap())
}

#[divan::bench(args = [384, 1_280], sample_count = 100, sample_size = 1)]
fn find_among_a_hundred_thousand(bencher: Bencher<'_, '_>, width: usize) {
    let (index, query) = index(width);
    bencher.bench_local(|| index.nearest(black_box(&query), 10, |_| true).unwrap());
}

/// Every tenth is let through, which the filter looks up.
#[divan::bench(args = [384, 1_280], sample_count = 100, sample_size = 1)]
fn find_filtered(bencher: Bencher<'_, '_>, width: usize) {
    let (index, query) = index(width);
    let some: std::collections::HashSet<Key> = (0..VECTORS as Key).step_by(10).collect();
    bencher.bench_local(|| index.nearest(black_box(&query), 10, |key| some.contains(&key)).unwrap());
}

#[divan::bench(args = [384, 1_280], sample_count = 100, sample_size = 10)]
fn insert(bencher: Bencher<'_, '_>, width: usize) {
    let mut index = Index::new(width, Metric::Cosine, Precision::Fine);
    let vectors: Vec<Vec<f32>> = examples(width, 100, 1.0).take(1_000).collect();
    let mut key = 0;
    bencher.bench_local(|| {
        key += 1;
        index.insert(key, black_box(&vectors[key as usize % vectors.len()])).unwrap();
    });
}

#[divan::bench(args = [384, 1_280], sample_count = 100, sample_size = 10)]
fn replace(bencher: Bencher<'_, '_>, width: usize) {
    let (mut index, vector) = index(width);
    let mut key = 0;
    bencher.bench_local(|| {
        key = (key + 1) % VECTORS as Key;
        index.insert(key, black_box(&vector)).unwrap();
    });
}
