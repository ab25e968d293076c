//! Examples as they are learned from: scaled, and as wide as the loops want them.

use super::Scaling;
use crate::Rows;
use crate::kernel::ALIGNMENT;

/// What is done to features before anything else.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scale {
    /// Nothing.
    None,
    /// Each row is divided by its length.
    Length,
    /// From each feature something is taken, and what is left is divided by something.
    Features {
        /// What is taken.
        centers: Vec<f32>,
        /// What is divided by.
        deviations: Vec<f32>,
    },
}

impl Scale {
    /// What these examples say about how they are to be scaled.
    pub(super) fn learn(rows: Rows<'_>, examples: &[usize], scaling: Scaling) -> Self {
        match scaling {
            Scaling::None => Self::None,
            Scaling::Length => Self::Length,
            Scaling::Standard => Self::features(rows, examples, false),
            Scaling::Common => Self::features(rows, examples, true),
        }
    }

    /// By the mean of each feature, and its standard deviation; or one for all, the square of which is the mean
    /// variance.
    fn features(rows: Rows<'_>, examples: &[usize], common: bool) -> Self {
        let count = examples.len().max(1) as f64;
        let mut means = vec![0.0_f64; rows.width()];
        for example in examples {
            means.iter_mut().zip(rows.row(*example)).for_each(|(sum, value)| *sum += f64::from(*value));
        }
        means.iter_mut().for_each(|sum| *sum /= count);
        // In a second pass, since squares of large numbers leave no room for small differences.
        let mut variances = vec![0.0_f64; rows.width()];
        for example in examples {
            for ((sum, mean), value) in variances.iter_mut().zip(&means).zip(rows.row(*example)) {
                *sum += (f64::from(*value) - mean).powi(2);
            }
        }
        variances.iter_mut().for_each(|sum| *sum /= count);
        if common {
            let mean = variances.iter().sum::<f64>() / rows.width() as f64;
            variances.fill(mean);
        }
        let deviation = |(variance, mean): (&f64, &f64)| {
            // What is left of a feature that never changes is rounding.
            let rounding = if common { 0.0 } else { (f64::from(f32::EPSILON) * mean).powi(2) };
            if *variance > rounding { variance.sqrt() as f32 } else { 1.0 }
        };
        Self::Features {
            deviations: variances.iter().zip(&means).map(deviation).collect(),
            centers: means.iter().map(|mean| *mean as f32).collect(),
        }
    }

    /// Writes a row as it is scaled; what `into` has beyond it stays.
    pub(super) fn apply(&self, row: &[f32], into: &mut [f32]) {
        let row = row.iter().copied();
        match self {
            Self::None => into.iter_mut().zip(row).for_each(|(into, value)| *into = value),
            Self::Length => {
                let square: f64 = row.clone().map(|value| f64::from(value) * f64::from(value)).sum();
                let factor = if square > 0.0 { square.sqrt().recip() } else { 1.0 };
                into.iter_mut().zip(row).for_each(|(into, value)| *into = (f64::from(value) * factor) as f32);
            }
            Self::Features { centers, deviations } => {
                let by = centers.iter().zip(deviations);
                for ((into, value), (center, deviation)) in into.iter_mut().zip(row).zip(by) {
                    *into = (value - center) / deviation;
                }
            }
        }
    }
}

/// Examples, scaled, in rows of `stride` numbers of which those beyond `width` are 0. It is the one copy of the data
/// that learning makes.
pub(super) struct Design {
    pub(super) values: Vec<f32>,
    pub(super) width: usize,
    pub(super) stride: usize,
}

impl Design {
    pub(super) fn new(rows: Rows<'_>, examples: &[usize], scale: &Scale) -> Self {
        let stride = rows.width().next_multiple_of(ALIGNMENT);
        let mut values = vec![0.0; stride * examples.len()];
        for (example, into) in examples.iter().zip(values.chunks_exact_mut(stride)) {
            scale.apply(rows.row(*example), into);
        }
        Self { values, width: rows.width(), stride }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [f32; 8] = [1.0, 10.0, 3.0, 10.0, 0.0, 0.0, 0.0, 0.0];

    fn scaled(scaling: Scaling, examples: &[usize]) -> Vec<Vec<f32>> {
        let rows = Rows::new(&VALUES, 2).unwrap();
        let design = Design::new(rows, examples, &Scale::learn(rows, examples, scaling));
        assert!(design.values.chunks(design.stride).all(|row| row[2..].iter().all(|value| *value == 0.0)));
        design.values.chunks(design.stride).map(|row| row[..2].to_vec()).collect()
    }

    #[test]
    fn features_are_brought_to_a_common_size() {
        assert_eq!(scaled(Scaling::None, &[0, 1]), [[1.0, 10.0], [3.0, 10.0]]);
        assert_eq!(scaled(Scaling::Standard, &[0, 1]), [[-1.0, 0.0], [1.0, 0.0]]);
        let root = 2.0_f32.sqrt();
        assert_eq!(scaled(Scaling::Common, &[0, 1]), [[-root, 0.0], [root, 0.0]]);
        for (row, length) in scaled(Scaling::Length, &[1, 2]).into_iter().zip([1.0, 0.0]) {
            assert!((row[0].hypot(row[1]) - length).abs() < 1e-6, "{row:?}");
        }
    }

    #[test]
    fn what_is_far_from_zero_keeps_its_differences() {
        let values: Vec<f32> = (0..8_u8).map(|at| 1e6 + f32::from(at)).collect();
        let (rows, examples) = (Rows::new(&values, 1).unwrap(), [0, 1, 2, 3, 4, 5, 6, 7]);
        let design = Design::new(rows, &examples, &Scale::learn(rows, &examples, Scaling::Standard));
        let sum: f32 = design.values.iter().sum();
        let squares: f32 = design.values.iter().map(|value| value * value).sum();
        assert!((squares - 8.0).abs() < 1e-3 && sum.abs() < 1e-2, "{sum} {squares}");
    }
}
