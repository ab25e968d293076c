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
    let shares = shares(weights, per_input);
    // After as many inputs as the weights come to of those who do not get every input, everybody has got what they are owed:
    // from there on it goes as from the beginning.
    let is_divided = |(share, weight): (&f64, &u32)| if *share < 1.0 { u64::from(*weight) } else { 0 };
    let round: u64 = shares.iter().zip(weights).map(is_divided).sum();
    let before = usize::try_from(round.max(1)).map_or(before, |round| before % round);
    // What each is owed of the inputs so far. Those who are owed most are next; with every turn the sum stays the same.
    let mut owed = vec![0.0_f64; weights.len()];
    let turn = |owed: &mut Vec<f64>| {
        for (owed, share) in owed.iter_mut().zip(&shares) {
            *owed += share;
        }
        let mut order: Vec<usize> = (0..owed.len()).collect();
        order.sort_by(|one, other| {
            let of = |place: &usize| owed.get(*place).copied().unwrap_or_default();
            of(other).total_cmp(&of(one)).then(one.cmp(other))
        });
        order.truncate(per_input);
        for place in &order {
            if let Some(owed) = owed.get_mut(*place) {
                *owed -= 1.0;
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

/// Of each input, the part that each gets: by weight, but never more than one. What is beyond one goes to the others.
fn shares(weights: &[u32], per_input: usize) -> Vec<f64> {
    let mut shares = vec![0.0; weights.len()];
    let mut full = vec![false; weights.len()];
    loop {
        let taken = full.iter().filter(|full| **full).count();
        let left = per_input.saturating_sub(taken) as f64;
        let open =
            || weights.iter().zip(&full).filter(|(_, full)| !**full).map(|(weight, _)| f64::from(*weight));
        let total: f64 = open().sum();
        let mut grew = false;
        for ((share, full), weight) in shares.iter_mut().zip(&mut full).zip(weights) {
            if *full {
                *share = 1.0;
                continue;
            }
            *share = if total > 0.0 { left * f64::from(*weight) / total } else { 0.0 };
            if *share >= 1.0 {
                *share = 1.0;
                *full = true;
                grew = true;
            }
        }
        if !grew {
            return shares;
        }
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
            for ((count, weight), share) in counts.iter().zip(&weights).zip(shares(&weights, per_input)) {
                prop_assert!(*weight > 0 || *count == 0, "who is to get nothing gets nothing");
                prop_assert!((*count as f64 - share * inputs as f64).abs() <= 1.0 + 1e-6, "{count} of {share}");
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
            for (count, share) in counts.zip(shares(&weights, per_input)) {
                prop_assert!((count as f64 - share * all as f64).abs() <= 1.0 + 1e-6, "{count} of {share}");
            }
        }
    }
}
