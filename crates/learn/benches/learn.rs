//! What learning and searching cost, on one thread.

use std::ops::ControlFlow;

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

/// Clusters that overlap, as embeddings of pictures do.
fn clusters(count: usize, width: usize, classes: usize, apart: f32) -> (Vec<f32>, Vec<u32>) {
    let mut random = Random(0x5eed);
    let middles: Vec<f32> = (0..classes * width).map(|_| random.normal() * apart).collect();
    let of: Vec<u32> = (0..count).map(|example| (example % classes) as u32).collect();
    let values =
        (0..count * width).map(|at| middles[at / width % classes * width + at % width] + random.normal());
    (values.collect(), of)
}

const EXAMPLES: usize = 10_000;
const WIDTH: usize = 1_280;
const CLASSES: usize = 10;

fn fitting(bencher: Bencher<'_, '_>, options: Options) {
    let (values, of) = clusters(EXAMPLES, WIDTH, CLASSES, 0.08);
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
