//! The loops in which the time goes, written so that the compiler makes vector instructions of them.
//!
//! They are compiled once for each kind of processor and chosen when they run ([`rten_simd`]). Sums run over a fixed
//! number of lanes and products are rounded before they are added, so that they are the same whatever width the
//! processor's vectors have.
#![cfg_attr(
    not(test),
    expect(
        clippy::indexing_slicing,
        reason = "numerical loops over slices of which the callers give whole rows"
    )
)]

use rten_simd::{Isa, SimdOp};

/// How many sums of a product run beside each other.
const LANES: usize = 16;
/// How many columns of a sum of rows are gathered at once.
const COLUMNS: usize = 16;
/// How many heads are applied at once: as many as have their sums in the registers of any of these processors.
const HEADS: usize = 5;

/// What the width of rows is rounded up to, with zeros: of whole vectors, the loops have no remainders.
pub(crate) const ALIGNMENT: usize = COLUMNS;

/// `scores[row][head] = rows[row] · heads[head]`, of rows and heads that are `stride` wide.
pub(crate) fn scores(rows: &[f32], heads: &[f32], stride: usize, scores: &mut [f32]) {
    Scores { rows, heads, stride, scores }.dispatch();
}

/// What is to be done for [`scores`]. A closure would be compiled for the least of processors only.
struct Scores<'a> {
    rows: &'a [f32],
    heads: &'a [f32],
    stride: usize,
    scores: &'a mut [f32],
}

impl SimdOp for Scores<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, _: I) {
        let Self { rows, heads, stride, scores } = self;
        let count = heads.len() / stride;
        for (at, heads) in heads.chunks(stride * HEADS).enumerate() {
            let first = at * HEADS;
            match heads.len() / stride {
                5 => apply::<5>(rows, heads, stride, count, first, scores),
                4 => apply::<4>(rows, heads, stride, count, first, scores),
                3 => apply::<3>(rows, heads, stride, count, first, scores),
                2 => apply::<2>(rows, heads, stride, count, first, scores),
                _ => apply::<1>(rows, heads, stride, count, first, scores),
            }
        }
    }
}

/// Applies `H` heads, of which the first is that at `first` among `count`, to all rows.
#[inline(always)]
fn apply<const H: usize>(
    rows: &[f32],
    heads: &[f32],
    stride: usize,
    count: usize,
    first: usize,
    scores: &mut [f32],
) {
    let heads: [&[f32]; H] = std::array::from_fn(|head| &heads[head * stride..][..stride]);
    for (row, scores) in rows.chunks_exact(stride).zip(scores.chunks_exact_mut(count)) {
        scores[first..][..H].copy_from_slice(&products(row, heads));
    }
}

/// The products of a row and each of `H` heads.
#[inline(always)]
fn products<const H: usize>(row: &[f32], heads: [&[f32]; H]) -> [f32; H] {
    let row = row.as_chunks::<LANES>().0;
    let heads = heads.map(|head| &head.as_chunks::<LANES>().0[..row.len()]);
    let mut sums = [[0.0_f32; LANES]; H];
    for (chunk, values) in row.iter().enumerate() {
        for (head, sums) in heads.iter().zip(&mut sums) {
            for ((sum, value), weight) in sums.iter_mut().zip(values).zip(head[chunk]) {
                *sum += value * weight;
            }
        }
    }
    sums.map(halved)
}

/// The sum of lanes, added up in halves.
#[inline(always)]
fn halved(mut lanes: [f32; LANES]) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
        width /= 2;
    }
    lanes[0]
}

/// `sums[head] += Σ residuals[row][head] · rows[row]`: added up over the rows in single precision, which are few, and to
/// what is there in double.
pub(crate) fn spread(rows: &[f32], residuals: &[f32], stride: usize, sums: &mut [f64]) {
    Spread { rows, residuals, stride, sums }.dispatch();
}

/// What is to be done for [`spread`].
struct Spread<'a> {
    rows: &'a [f32],
    residuals: &'a [f32],
    stride: usize,
    sums: &'a mut [f64],
}

impl SimdOp for Spread<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, _: I) {
        let Self { rows, residuals, stride, sums } = self;
        let count = sums.len() / stride;
        for (at, sums) in sums.chunks_mut(stride * HEADS).enumerate() {
            let first = at * HEADS;
            match sums.len() / stride {
                5 => gather::<5>(rows, residuals, stride, count, first, sums),
                4 => gather::<4>(rows, residuals, stride, count, first, sums),
                3 => gather::<3>(rows, residuals, stride, count, first, sums),
                2 => gather::<2>(rows, residuals, stride, count, first, sums),
                _ => gather::<1>(rows, residuals, stride, count, first, sums),
            }
        }
    }
}

/// Adds up the rows for `H` heads, of which the first is that at `first` among `count`.
#[inline(always)]
fn gather<const H: usize>(
    rows: &[f32],
    residuals: &[f32],
    stride: usize,
    count: usize,
    first: usize,
    sums: &mut [f64],
) {
    for chunk in 0..stride / COLUMNS {
        let start = chunk * COLUMNS;
        let mut gathered = [[0.0_f32; COLUMNS]; H];
        for (row, residuals) in rows.chunks_exact(stride).zip(residuals.chunks_exact(count)) {
            let row = &row[start..][..COLUMNS];
            for (gathered, residual) in gathered.iter_mut().zip(&residuals[first..][..H]) {
                for (sum, value) in gathered.iter_mut().zip(row) {
                    *sum += value * residual;
                }
            }
        }
        for (sums, gathered) in sums.chunks_exact_mut(stride).zip(gathered) {
            for (sum, value) in sums[start..][..COLUMNS].iter_mut().zip(gathered) {
                *sum += f64::from(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whole numbers as floating ones: their sums are exact, in whatever order they are added.
    fn numbers(count: usize) -> impl Strategy<Value = Vec<f32>> {
        prop::collection::vec((-50_i8..50).prop_map(f32::from), count)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn products_are_those_of_the_definition(
            (rows, heads, width, row_values, head_values) in (0_usize..6, 1_usize..10, 1_usize..5).prop_flat_map(
                |(rows, heads, width)| {
                    let stride = width * ALIGNMENT;
                    (Just(rows), Just(heads), Just(width), numbers(rows * stride), numbers(heads * stride))
                }
            )
        ) {
            let stride = width * ALIGNMENT;
            let mut found = vec![f32::NAN; rows * heads];
            scores(&row_values, &head_values, stride, &mut found);
            let mut sums = vec![1.0; heads * stride];
            spread(&row_values, &found, stride, &mut sums);
            for row in 0..rows {
                for head in 0..heads {
                    let at = |values: &[f32], index: usize, column| values[index * stride + column];
                    let product: f32 = (0..stride).map(|j| at(&row_values, row, j) * at(&head_values, head, j)).sum();
                    prop_assert_eq!(found[row * heads + head], product);
                }
            }
            for head in 0..heads {
                for column in 0..stride {
                    let terms = (0..rows)
                        .map(|row| f64::from(found[row * heads + head] * row_values[row * stride + column]));
                    let (sum, size) = terms.fold((1.0, 1.0), |(sum, size), term| (sum + term, size + term.abs()));
                    let difference = (sums[head * stride + column] - sum).abs();
                    prop_assert!(difference <= 1e-6 * size, "{difference} of {size}");
                }
            }
        }
    }
}
