//! Data made for tests.

/// Numbers that look random, the same for the same seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// Between 0 and 1.
    pub(crate) fn uniform(&mut self) -> f32 {
        self.0 += 1;
        (crate::hash::hash(self.0, [1]) >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// Of mean 0 and variance 1, nearly normal.
    pub(crate) fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.uniform()).sum::<f32>() - 6.0
    }
}

/// Examples of classes in turn, each of which lies around a middle of its own that is about `apart` from the others.
pub(crate) fn clusters(
    random: &mut Random,
    count: usize,
    width: usize,
    classes: usize,
    apart: f32,
) -> (Vec<f32>, Vec<u32>) {
    let size = apart / (2.0 * width as f32).sqrt();
    let middles: Vec<f32> = (0..classes * width).map(|_| random.normal() * size).collect();
    let of = (0..count).map(|example| (example % classes) as u32).collect();
    let value = |at: usize| middles[(at / width % classes) * width + at % width];
    ((0..count * width).map(|at| value(at) + random.normal()).collect(), of)
}
