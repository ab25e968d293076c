//! Dividing inputs up among people.

/// Divides inputs up among workers, `per_input` different ones for each, by their weights: of `inputs`, each gets as many
/// as their weight asks for, up to one. Who outweighs all others gets every input once and no more.
///
/// The answer says for each input who is to label it, by their places among `weights`. Nobody has a weight of 0 who is to
/// get anything; without weights above 0, or more people per input than there are, nothing is divided up.
#[must_use]
pub fn partition(inputs: usize, weights: &[u32], per_input: usize) -> Vec<Vec<usize>> {
    partition_behind(0, inputs, weights, per_input)
}

/// The same for inputs that come behind `before` others, which were divided up in this way: of all of them, each gets as
/// many as their weight asks for, up to one.
#[must_use]
pub fn partition_behind(before: usize, inputs: usize, weights: &[u32], per_input: usize) -> Vec<Vec<usize>> {
    let able = weights.iter().filter(|weight| **weight > 0).count();
    if able < per_input || per_input == 0 {
        return Vec::new();
    }
    let Shares { parts, whole } = shares(weights, per_input);
    // After as many inputs as the weights come to of those who do not get every input, everybody has got what they are owed:
    // from there on it goes as from the beginning.
    let before = usize::try_from(whole).map_or(before, |round| before % round.max(1));
    // What each is owed of the inputs so far, in parts of one. Those who are owed most are next; with every turn the sum stays
    // the same.
    let mut owed = vec![0_i64; weights.len()];
    let turn = |owed: &mut Vec<i64>| {
        for (owed, part) in owed.iter_mut().zip(&parts) {
            *owed = owed.saturating_add(*part);
        }
        let mut order: Vec<usize> = (0..owed.len()).collect();
        // Whoever has no weight is owed nothing, as somebody is who has just got all that they are to get.
        let of =
            |place: &usize| (parts.get(*place) > Some(&0), owed.get(*place).copied().unwrap_or_default());
        order.sort_by(|one, other| of(other).cmp(&of(one)).then(one.cmp(other)));
        order.truncate(per_input);
        for place in &order {
            if let Some(owed) = owed.get_mut(*place) {
                *owed = owed.saturating_sub(whole);
            }
        }
        order.sort_unstable();
        order
    };
    for _ in 0..before {
        turn(&mut owed);
    }
    (0..inputs).map(|_| turn(&mut owed)).collect()
}

/// What each gets of each input, in whole numbers, so that nothing is lost by rounding however many inputs there are.
struct Shares {
    /// In parts of the whole; never more than it.
    parts: Vec<i64>,
    /// How many parts one input has.
    whole: i64,
}

/// Shares by weight, but never more than one. What is beyond one goes to the others.
fn shares(weights: &[u32], per_input: usize) -> Shares {
    let mut full = vec![false; weights.len()];
    loop {
        let taken = full.iter().filter(|full| **full).count();
        let left = i64::try_from(per_input.saturating_sub(taken)).unwrap_or(i64::MAX);
        let open = weights.iter().zip(&full).filter(|(_, full)| !**full);
        let whole = open.map(|(weight, _)| i64::from(*weight)).sum::<i64>().max(1);
        let part = |weight: &u32| left.saturating_mul(i64::from(*weight));
        let grown: Vec<bool> =
            full.iter().zip(weights).map(|(full, weight)| *full || part(weight) >= whole).collect();
        if grown == full {
            let parts =
                full.iter().zip(weights).map(|(full, weight)| if *full { whole } else { part(weight) });
            return Shares { parts: parts.collect(), whole };
        }
        full = grown;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_input_goes_to_different_people_and_everybody_gets_their_share(
            inputs in 0_usize..300, weights in prop::collection::vec(0_u32..20, 1..8), per_input in 1_usize..4
        ) {
            let parts = partition(inputs, &weights, per_input);
            let able = weights.iter().filter(|weight| **weight > 0).count();
            if able < per_input {
                prop_assert!(parts.is_empty());
                return Ok(());
            }
            prop_assert_eq!(parts.len(), inputs);
            let mut counts = vec![0_usize; weights.len()];
            for part in &parts {
                prop_assert_eq!(part.len(), per_input);
                prop_assert!(part.windows(2).all(|two| two[0] < two[1]), "nobody twice");
                for place in part {
                    counts[*place] += 1;
                }
            }
            let Shares { parts, whole } = shares(&weights, per_input);
            for ((count, weight), part) in counts.iter().zip(&weights).zip(parts) {
                prop_assert!(*weight > 0 || *count == 0, "who is to get nothing gets nothing");
                prop_assert!((*count as i64 * whole - part * inputs as i64).abs() <= whole, "{count} by {part} of {whole}");
            }
        }

        #[test]
        fn what_comes_behind_is_divided_up_as_if_it_had_been_there_from_the_beginning(
            before in 0_usize..300, inputs in 0_usize..50, weights in prop::collection::vec(0_u32..9, 1..6),
            per_input in 1_usize..4
        ) {
            let mut parts = partition(before, &weights, per_input);
            parts.extend(partition_behind(before, inputs, &weights, per_input));
            let all = if parts.is_empty() { 0 } else { before + inputs };
            prop_assert_eq!(parts.len(), all);
            let counts = (0..weights.len()).map(|place| parts.iter().filter(|part| part.contains(&place)).count());
            let Shares { parts, whole } = shares(&weights, per_input);
            for (count, part) in counts.zip(parts) {
                prop_assert!((count as i64 * whole - part * all as i64).abs() <= whole, "{count} by {part} of {whole}");
            }
        }
    }
}
