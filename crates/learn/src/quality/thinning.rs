//! Curves of as many points as can be told apart in a drawing.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How many points a curve keeps.
pub(super) const POINTS: usize = 200;

/// The curve without the points that matter least: again and again, the one is taken out that makes the smallest
/// triangle with its neighbours (Visvalingam and Whyatt, 1993), which is by how much the area changes. Both ends stay.
pub(super) fn thinned<T: Copy>(points: Vec<T>, place: impl Fn(&T) -> (f64, f64)) -> Vec<T> {
    if points.len() <= POINTS {
        return points;
    }
    let places: Vec<(f64, f64)> = points.iter().map(place).collect();
    let last = points.len() - 1;
    let mut before: Vec<usize> = (0..points.len()).map(|at| at.saturating_sub(1)).collect();
    let mut after: Vec<usize> = (0..points.len()).map(|at| (at + 1).min(last)).collect();
    let mut gone = vec![false; points.len()];
    let size = |before: &[usize], after: &[usize], at: usize| {
        let corner = |at: usize| places.get(at).copied().unwrap_or_default();
        let neighbour = |list: &[usize]| corner(list.get(at).copied().unwrap_or(at));
        let ((a, b), (x, y), (c, d)) = (neighbour(before), corner(at), neighbour(after));
        // Of two that matter alike, the first: bits of numbers that are not negative are ordered as they are.
        ((x - a) * (d - b) - (c - a) * (y - b)).abs().to_bits()
    };
    let mut queue: BinaryHeap<Reverse<(u64, usize)>> =
        (1..last).map(|at| Reverse((size(&before, &after, at), at))).collect();
    let mut left = points.len();
    while left > POINTS {
        let Some(Reverse((was, at))) = queue.pop() else { break };
        // What was queued before a neighbour went is queued again since.
        if gone.get(at) != Some(&false) || was != size(&before, &after, at) {
            continue;
        }
        let (Some(from), Some(to)) = (before.get(at).copied(), after.get(at).copied()) else { break };
        if let (Some(next), Some(previous), Some(gone)) =
            (after.get_mut(from), before.get_mut(to), gone.get_mut(at))
        {
            (*next, *previous, *gone) = (to, from, true);
        }
        left -= 1;
        for neighbour in [from, to] {
            if neighbour != 0 && neighbour != last {
                queue.push(Reverse((size(&before, &after, neighbour), neighbour)));
            }
        }
    }
    points.into_iter().zip(gone).filter(|(_, gone)| !gone).map(|(point, _)| point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_on_a_line_goes_first() {
        let line: Vec<(f64, f64)> = (0..1_000_u16).map(|at| (f64::from(at), 0.0)).collect();
        let mut bent = line.clone();
        bent[500].1 = 5.0;
        let thin = thinned(bent.clone(), |point| *point);
        assert_eq!(thin.len(), POINTS);
        assert!([0, 499, 500, 501, 999].iter().all(|at| thin.contains(&bent[*at])));
        assert_eq!(thinned(line[..150].to_vec(), |point| *point), line[..150]);
    }
}
