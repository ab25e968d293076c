//! The text of a filter stands for that filter and no other.

use atelier_domain::Medium;
use atelier_domain::Timestamp;
use atelier_domain::filter::{Comparison, Filter, MetadataTest, Named, Path, Said, Scalar, Span, Test};
use atelier_domain::place::{Area, Circle, Place, Unit};
use proptest::prelude::*;
use proptest::sample::select;

/// A text that `T` can be: mostly of characters that mean something in a filter.
fn value<T: std::str::FromStr + std::fmt::Debug + Clone>(pattern: &'static str) -> impl Strategy<Value = T> {
    pattern.prop_filter_map("not a valid value", |text| text.parse().ok())
}

fn span() -> impl Strategy<Value = Span> {
    let end = || prop::option::of(any::<i64>().prop_map(Timestamp::from_micros));
    (end(), end()).prop_map(|(from, until)| Span { from, until })
}

fn said() -> impl Strategy<Value = Said> {
    let named = (value("[a-c' ,:()ä]{1,5}"), any::<bool>())
        .prop_map(|(concept, is_there)| Named { concept, is_there });
    (
        prop::option::of(named),
        prop::option::of(value("[a-z0-9-]{1,8}")),
        prop::option::of(any::<i64>()),
        prop::option::of(value("[a-c'.~_]{1,5}")),
    )
        .prop_map(|(concept, author, status, task)| Said { concept, author, status, task })
}

fn metadata() -> impl Strategy<Value = MetadataTest> {
    let scalar = prop_oneof![
        Just(Scalar::Null),
        any::<bool>().prop_map(Scalar::Bool),
        any::<f64>().prop_map(Scalar::Number),
        any::<String>().prop_map(Scalar::Text),
        select(vec!["null", "true", "35", "'", ""]).prop_map(|text| Scalar::Text(text.into())),
    ];
    let test = prop_oneof![
        Just(Test::Exists),
        (select(Comparison::ALL.to_vec()), scalar).prop_map(|(how, scalar)| Test::Compares(how, scalar)),
    ];
    (prop::collection::vec("[a-b'/,. ]{0,4}", 1..4), test)
        .prop_filter_map("not a test", |(keys, test)| MetadataTest::new(Path::new(keys).ok()?, test).ok())
}

fn place() -> impl Strategy<Value = Place> {
    (-90.0..=90.0, -180.0..=180.0)
        .prop_filter_map("not on earth", |(latitude, longitude)| Place::new(latitude, longitude).ok())
}

fn circle() -> impl Strategy<Value = Circle> {
    (place(), any::<f64>(), select(Unit::ALL.to_vec()))
        .prop_filter_map("no distance", |(middle, far, unit)| Circle::new(middle, far.abs(), unit).ok())
}

fn area() -> impl Strategy<Value = Area> {
    (place(), place()).prop_filter_map("no area", |(one, other)| Area::new(one, other).ok())
}

fn filter() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![
        said().prop_map(Filter::Said),
        value("[a-c' ,:()ä]{1,5}").prop_map(Filter::Id),
        any::<i64>().prop_map(Filter::Status),
        select(vec![Medium::Image, Medium::Text]).prop_map(Filter::Medium),
        value("[a-c' ,:()ä]{1,5}").prop_map(Filter::Dataset),
        metadata().prop_map(Filter::Metadata),
        value("[a-zA-ZäİßǅΣ茶0-9 ',]{1,20}").prop_map(Filter::Text),
        circle().prop_map(Filter::Near),
        area().prop_map(Filter::Within),
        span().prop_map(Filter::Added),
        span().prop_map(Filter::Changed),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Filter::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Filter::Any),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
    .prop_filter("too large", |filter| filter.check().is_ok())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_back(filter in filter()) {
        let text = filter.to_string();
        prop_assert_eq!(text.parse::<Filter>(), Ok(filter), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused_at_a_place_within_it(text in prop_oneof![
        any::<String>(),
        "(all|any|not|said|id|text|metadata|added|\\(|\\)|,|'|:|/|[a-z0-9.]| ){0,24}",
    ]) {
        match text.parse::<Filter>() {
            Ok(filter) => prop_assert_eq!(filter.to_string().parse(), Ok(filter)),
            Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&error.at), "{:?}", error),
        }
    }
}
