//! Places by chance that anybody finds again.

/// A hash of a seed and words that spreads evenly: FNV-1a over words of 64 bits, with the bits mixed as MurmurHash3
/// does in the end, after each word, since FNV alone leaves the upper bits of short texts alike. It decides into which
/// fold an example falls, and stays as it is so that an evaluation made again gives the same figures.
pub(crate) fn hash(seed: u64, words: impl IntoIterator<Item = u64>) -> u64 {
    words.into_iter().fold(mixed(seed ^ 0xcbf2_9ce4_8422_2325), |hash, word| {
        mixed((hash ^ word).wrapping_mul(0x0000_0100_0000_01b3))
    })
}

fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

/// The words of a row's numbers, of which 0 and −0 are one.
pub(crate) fn words(row: &[f32]) -> impl Iterator<Item = u64> + '_ {
    row.chunks(2)
        .map(|pair| pair.iter().fold(0, |word, value| (word << 32) | u64::from((value + 0.0).to_bits())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_and_words_spread() {
        let of = |seed, word| hash(seed, [word]);
        let mut seen: Vec<u64> = (0..64).flat_map(|seed| (0..64).map(move |word| of(seed, word))).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 64 * 64);
        let upper = seen.iter().filter(|hash| **hash > u64::MAX / 2).count();
        assert!((1_900..2_200).contains(&upper), "{upper} of 4096 in the upper half");
    }

    #[test]
    fn rows_that_are_equal_have_the_same_words() {
        assert!(words(&[0.0, 1.0, 2.0]).eq(words(&[-0.0, 1.0, 2.0])));
        assert!(!words(&[0.0, 1.0, 2.0]).eq(words(&[1.0, 0.0, 2.0])));
    }
}
