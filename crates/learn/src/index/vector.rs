//! Vectors as bytes.

use super::bytes;

/// How exactly vectors are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// A byte for each number: candidates are found, which are to be ranked by the exact vectors.
    #[default]
    Coarse,
    /// Two bytes for each number: similarities are exact to about a hundred thousandth of the vectors' lengths.
    Fine,
}

/// The largest step of a byte; the range is the same on both sides of 0.
const STEPS: f32 = 127.0;
/// How many steps of the second byte make one of the first: half of it on each side is its range.
const FINE_STEPS: f32 = 254.0;
/// With so many vectors the center is taken for the first time.
const FIRST_CENTER: usize = 16;

/// What vectors are kept by their distance from.
#[derive(Clone, Debug)]
pub(super) struct Centers {
    /// Each stays, since vectors refer to it. The first is 0.
    all: Vec<Vec<f32>>,
    /// The sum of all vectors, and how many there are.
    sum: Vec<f64>,
    count: usize,
    /// With how many vectors the center is taken next.
    next: usize,
}

impl Centers {
    pub(super) fn new(width: usize) -> Self {
        Self { all: vec![vec![0.0; width]], sum: vec![0.0; width], count: 0, next: FIRST_CENTER }
    }

    /// Counts a vector; answers which center it is to be kept by.
    pub(super) fn add(&mut self, vector: &[f32]) -> u8 {
        self.sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += f64::from(*value));
        self.count += 1;
        if self.count >= self.next {
            let count = self.count as f64;
            self.all.push(self.sum.iter().map(|sum| (sum / count) as f32).collect());
            self.next = self.next.saturating_mul(2);
        }
        // Numbers of vectors double fewer than a hundred times.
        u8::try_from(self.all.len() - 1).unwrap_or(u8::MAX)
    }

    /// Counts a vector out. What is kept of it is not quite what was counted in: the mean is near enough.
    pub(super) fn remove(&mut self, vector: &[f32]) {
        self.sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum -= f64::from(*value));
        self.count = self.count.saturating_sub(1);
    }

    pub(super) fn at(&self, center: u8) -> &[f32] {
        self.all.get(usize::from(center)).map_or(&[], Vec::as_slice)
    }
}

/// A vector that is searched for.
pub(super) struct Query {
    numbers: Vec<i16>,
    scale: f32,
    /// Its product with each center.
    products: Vec<f32>,
}

impl Query {
    pub(super) fn new(vector: &[f32], centers: &Centers) -> Self {
        let stride = vector.len().next_multiple_of(bytes::ALIGNMENT);
        let limit = f32::from(bytes::limit(stride));
        let scale = largest(vector.iter().copied()) / limit;
        let mut numbers = vec![0; stride];
        for (number, value) in numbers.iter_mut().zip(vector) {
            *number = (value / scale).round().clamp(-limit, limit) as i16;
        }
        let products = centers.all.iter().map(|center| super::product(vector, center)).collect();
        Self { numbers, scale, products }
    }
}

/// The largest absolute value, and 1 if all are 0.
fn largest(values: impl Iterator<Item = f32>) -> f32 {
    let largest = values.fold(0.0, |largest: f32, value| largest.max(value.abs()));
    if largest > 0.0 { largest } else { 1.0 }
}

/// What a row has beside its bytes.
#[derive(Clone, Copy, Debug)]
struct Row {
    scale: f32,
    center: u8,
}

/// Vectors as rows of bytes: a vector is about its center and its scale times its bytes.
#[derive(Clone, Debug)]
pub(super) struct Store {
    width: usize,
    stride: usize,
    rows: Vec<Row>,
    coarse: Vec<i8>,
    /// What the first bytes left over; nothing if it is not kept.
    fine: Option<Vec<i8>>,
}

impl Store {
    pub(super) fn new(width: usize, precision: Precision) -> Self {
        Self {
            width,
            stride: width.max(1).next_multiple_of(bytes::ALIGNMENT),
            rows: Vec::new(),
            coarse: Vec::new(),
            fine: (precision == Precision::Fine).then(Vec::new),
        }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn is_fine(&self) -> bool {
        self.fine.is_some()
    }

    pub(super) fn reserve(&mut self, count: usize) {
        let bytes = count.saturating_mul(self.stride);
        self.rows.reserve(count);
        self.coarse.reserve(bytes);
        if let Some(fine) = &mut self.fine {
            fine.reserve(bytes);
        }
    }

    pub(super) fn memory(&self) -> usize {
        let fine = self.fine.as_ref().map_or(0, Vec::capacity);
        self.rows.capacity() * size_of::<Row>() + self.coarse.capacity() + fine
    }

    pub(super) fn push(&mut self, vector: &[f32], center: &[f32], number: u8) {
        let apart = || vector.iter().zip(center).map(|(value, center)| value - center);
        let scale = largest(apart()) / STEPS;
        let end = self.coarse.len() + self.stride;
        self.coarse.extend(apart().map(|value| (value / scale).round().clamp(-STEPS, STEPS) as i8));
        self.coarse.resize(end, 0);
        if let Some(fine) = &mut self.fine {
            fine.extend(apart().map(|value| {
                let steps = value / scale;
                let left = (steps - steps.round()) * FINE_STEPS;
                left.round().clamp(-STEPS, STEPS) as i8
            }));
            fine.resize(end, 0);
        }
        self.rows.push(Row { scale, center: number });
    }

    /// Takes a row out, and puts the last into its place.
    pub(super) fn swap_remove(&mut self, place: usize) {
        let Some(last) = self.rows.len().checked_sub(1) else { return };
        self.rows.swap_remove(place);
        for bytes in std::iter::once(&mut self.coarse).chain(&mut self.fine) {
            bytes.copy_within(last * self.stride.., place * self.stride);
            bytes.truncate(last * self.stride);
        }
    }

    /// A vector as it is kept.
    pub(super) fn vector(&self, place: usize, centers: &Centers) -> Vec<f32> {
        let Some(row) = self.rows.get(place) else { return Vec::new() };
        let of = |bytes: &'_ [i8]| -> Vec<i8> {
            let start = place * self.stride;
            bytes.get(start..start + self.width).unwrap_or_default().to_vec()
        };
        let coarse = of(&self.coarse);
        let fine = self.fine.as_deref().map_or_else(|| vec![0; self.width], of);
        let steps =
            coarse.iter().zip(fine).map(|(coarse, fine)| f32::from(*coarse) + f32::from(fine) / FINE_STEPS);
        centers.at(row.center).iter().zip(steps).map(|(center, steps)| center + row.scale * steps).collect()
    }

    /// How similar the rows from `first` on are to a query, about.
    pub(super) fn similarities(&self, query: &Query, first: usize, into: &mut [f32]) {
        let mut products = [0; super::BLOCK];
        let products = products.get_mut(..into.len()).unwrap_or_default();
        let start = first * self.stride;
        let rows = self.coarse.get(start..start + products.len() * self.stride).unwrap_or_default();
        bytes::products(rows, &query.numbers, products);
        let rows = self.rows.get(first..).unwrap_or_default();
        for ((into, product), row) in into.iter_mut().zip(&*products).zip(rows) {
            let center = query.products.get(usize::from(row.center)).copied().unwrap_or_default();
            *into = center + query.scale * row.scale * *product as f32;
        }
    }
}
