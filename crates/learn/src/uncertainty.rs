//! How uncertain a model is of an input: of what it is least certain, it learns most once somebody has said it (Settles,
//! *Active Learning Literature Survey*, 2009, section 3.1).

/// How uncertain a model is of what shows one of several classes, by their probabilities: 1 less the margin between the two
/// most probable. 0 is certain, 1 is undecided.
///
/// ```
/// # use atelier_learn::uncertainty::of_classes;
/// assert_eq!(of_classes([0.5, 0.5, 0.0]), 1.0);
/// assert_eq!(of_classes([0.75, 0.25]), 0.5);
/// assert_eq!(of_classes([1.0]), 0.0);
/// ```
#[must_use]
pub fn of_classes(probabilities: impl IntoIterator<Item = f64>) -> f64 {
    let (first, second) = probabilities.into_iter().fold((0.0, 0.0), |(first, second), next: f64| {
        if next > first { (next, first) } else { (first, second.max(next)) }
    });
    1.0 - (first - second)
}

/// How uncertain a model is of what shows any of several concepts, by their probabilities: as uncertain as it is of the one
/// that it can tell least. 0 is certain, 1 is undecided.
///
/// ```
/// # use atelier_learn::uncertainty::of_concepts;
/// assert_eq!(of_concepts([0.0, 0.5, 1.0]), 1.0);
/// assert_eq!(of_concepts([0.75, 0.0]), 0.5);
/// assert_eq!(of_concepts([]), 0.0);
/// ```
#[must_use]
pub fn of_concepts(probabilities: impl IntoIterator<Item = f64>) -> f64 {
    let of_one = |probability: f64| 1.0 - (2.0 * probability - 1.0).abs();
    probabilities.into_iter().map(of_one).fold(0.0, f64::max)
}
