//! Products of bytes, written so that the compiler makes vector instructions of them; see [`kernel`](crate::kernel).
#![cfg_attr(
    not(test),
    expect(clippy::indexing_slicing, reason = "all that is indexed is as long as it is indexed")
)]

use rten_simd::{Isa, SimdOp};

/// What the width of rows is rounded up to, with zeros.
pub(super) const ALIGNMENT: usize = 64;
/// How many pairs of neighbours are in so many.
const PAIRS: usize = ALIGNMENT / 2;

/// `products[row] = rows[row] · query`, of rows as wide as the query, of which no number is beyond [`limit`].
pub(super) fn products(rows: &[i8], query: &[i16], products: &mut [i32]) {
    Products { rows, query, products }.dispatch();
}

/// What is to be done for [`products`].
struct Products<'a> {
    rows: &'a [i8],
    query: &'a [i16],
    products: &'a mut [i32],
}

impl SimdOp for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, _: I) {
        for (row, into) in self.rows.chunks_exact(self.query.len()).zip(self.products) {
            *into = product(row, self.query);
        }
    }
}

/// The product of a row and a query, part by part: widened, multiplied, and neighbours added to each other, which is
/// one instruction for many. Written as one sum, it is compiled to vectors of half the width.
#[inline(always)]
fn product(row: &[i8], query: &[i16]) -> i32 {
    let mut product = 0;
    for (row, query) in row.as_chunks::<ALIGNMENT>().0.iter().zip(query.as_chunks::<ALIGNMENT>().0) {
        let wide: [i16; ALIGNMENT] = std::array::from_fn(|at| i16::from(row[at]));
        let mut sums = [0; PAIRS];
        for (at, sum) in sums.iter_mut().enumerate() {
            let (one, other) = (2 * at, 2 * at + 1);
            *sum = i32::from(wide[one]) * i32::from(query[one])
                + i32::from(wide[other]) * i32::from(query[other]);
        }
        for sum in sums {
            product += sum;
        }
    }
    product
}

/// How large the numbers of a query of this width may be, so that sums of their products with bytes fit into 32 bits.
pub(super) fn limit(width: usize) -> i16 {
    let limit = i32::MAX / 128 / i32::try_from(width.max(1)).unwrap_or(i32::MAX);
    i16::try_from(limit).unwrap_or(i16::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn products_are_exact(
            (rows, query) in (0_usize..11, 1_usize..4).prop_flat_map(|(rows, width)| {
                let width = width * ALIGNMENT;
                let query = prop::collection::vec(-limit(width)..=limit(width), width);
                (prop::collection::vec(any::<i8>(), rows * width), query)
            })
        ) {
            let mut found = vec![0; rows.len() / query.len()];
            products(&rows, &query, &mut found);
            for (row, found) in rows.chunks(query.len()).zip(found) {
                let product: i64 = row.iter().zip(&query).map(|(a, b)| i64::from(*a) * i64::from(*b)).sum();
                prop_assert_eq!(i64::from(found), product);
            }
        }
    }

    #[test]
    fn the_largest_products_fit() {
        for width in [ALIGNMENT, 384, 1_280, 1 << 16] {
            let query = vec![limit(width); width];
            let mut found = [0];
            products(&vec![i8::MIN; width], &query, &mut found);
            assert_eq!(i64::from(found[0]), -128 * i64::from(query[0]) * width as i64);
        }
    }
}
