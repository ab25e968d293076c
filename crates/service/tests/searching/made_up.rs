//! Made-up filters over made-up inputs: what the databases find is what the filter lets through in memory.

use atelier_domain::filter::{Comparison, MetadataTest, Named, Path, Said, Scalar, Span, Test};
use atelier_domain::place::{Area, Circle, Unit};
use atelier_domain::{Medium, Place, Timestamp};
use atelier_service::annotations::{AnnotationsFilter, status};
use atelier_service::datasets::NewDataset;
use atelier_service::inputs::InputsFilter;
use atelier_testkit::pictures::png;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::model::{Whole, fits};
use super::*;
use atelier_service::search::COUNTED;

on_both_databases! {
    what_is_found_is_what_the_filter_lets_through,
}

/// How many inputs, and how many filters.
const INPUTS: usize = 36;
const FILTERS: usize = 300;

/// Who says something, what, and where that stands.
type Saying = (usize, &'static str, f32, i64);

#[derive(Clone, Debug)]
struct Recipe {
    text: Option<String>,
    metadata: Option<Value>,
    place: Option<Place>,
    datasets: Vec<&'static str>,
    said: Vec<Saying>,
}

fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(select(vec!["red", "Stop", "sign,", "mill-hill", "42", "grün"]), 1..5)
        .prop_map(|words| words.join(" "))
}

fn scalar() -> impl Strategy<Value = Value> {
    select(vec![
        json!(null),
        json!(true),
        json!(false),
        json!(-1),
        json!(2.5),
        json!(35),
        json!("rain"),
        json!("Rain"),
        json!("35"),
        json!("ä"),
        json!("it's"),
    ])
}

fn metadata() -> impl Strategy<Value = Option<Value>> {
    let value = prop_oneof![
        3 => scalar(),
        1 => prop::collection::vec(scalar(), 0..3).prop_map(Value::from),
        1 => scalar().prop_map(|inner| json!({ "a": inner })),
        1 => scalar().prop_map(|inner| json!([{ "a": inner }])),
    ];
    let key = select(vec!["a", "b \"x\"", "a.b", "$", "0"]);
    let members = prop::collection::vec((key, value), 0..4)
        .prop_map(|members| members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect());
    prop::option::of(members)
}

fn recipe() -> impl Strategy<Value = Recipe> {
    let saying = (
        0..3_usize,
        select(vec!["stop", "yield"]),
        select(vec![0.0, 0.5, 1.0]),
        select(vec![status::SUCCESS, status::PENDING, status::AWAITING_REVIEW]),
    );
    (
        prop::option::of(words()),
        metadata(),
        prop::option::of(place()),
        prop::sample::subsequence(vec!["harbour", "mill"], 0..=2),
        prop::collection::vec(saying, 0..4),
    )
        .prop_map(|(text, metadata, place, datasets, said)| Recipe {
            text,
            metadata,
            place,
            datasets,
            said,
        })
}

/// Places that are near one another, at the poles, and on both sides of the line opposite to Greenwich.
fn place() -> impl Strategy<Value = Place> {
    let latitude = select(vec![-90.0, -17.0, 0.0, 52.5, 52.52, 89.9]);
    let longitude = select(vec![-180.0, -179.9, 0.0, 13.4, 13.405, 179.9]);
    (latitude, longitude).prop_map(|(latitude, longitude)| Place::new(latitude, longitude).unwrap())
}

fn circle() -> impl Strategy<Value = Circle> {
    let distance = select(vec![0.0, 0.5, 3.0, 30.0, 1_000.0, 30_000.0]);
    (place(), distance, select(Unit::ALL.to_vec()))
        .prop_map(|(middle, distance, unit)| Circle::new(middle, distance, unit).unwrap())
}

fn area() -> impl Strategy<Value = Area> {
    (place(), place()).prop_filter_map("upside down", |(one, other)| Area::new(one, other).ok())
}

fn test() -> impl Strategy<Value = MetadataTest> {
    let path = prop::collection::vec(select(vec!["a", "b \"x\"", "a.b", "$", "0"]), 1..3);
    let scalar = scalar().prop_map(|value| match value {
        Value::Bool(value) => Scalar::Bool(value),
        Value::Number(number) => Scalar::Number(number.as_f64().unwrap()),
        Value::String(text) => Scalar::Text(text),
        _ => Scalar::Null,
    });
    let test = prop_oneof![
        1 => Just(Test::Exists),
        6 => (select(Comparison::ALL.to_vec()), scalar)
            .prop_map(|(comparison, scalar)| Test::Compares(comparison, scalar)),
    ];
    (path, test).prop_filter_map("not a test", |(path, test)| {
        let path = Path::new(path.into_iter().map(str::to_owned).collect()).ok()?;
        MetadataTest::new(path, test).ok()
    })
}

fn filter(from: i64, until: i64) -> impl Strategy<Value = Filter> {
    let named = (select(vec!["stop", "yield", "nothing"]), any::<bool>())
        .prop_map(|(concept, is_there)| Named { concept: concept.parse().unwrap(), is_there });
    let said = (
        prop::option::of(named),
        prop::option::of(select(vec!["ada", "bo", "nobody"])),
        prop::option::of(select(vec![status::SUCCESS, status::PENDING, status::REVIEW_DENIED])),
        prop::option::weighted(0.1, Just("task".parse().unwrap())),
    );
    let said = said.prop_map(|(concept, author, status, task)| Said {
        concept,
        author: author.map(|author| author.parse().unwrap()),
        status,
        task,
    });
    let end = || prop::option::of((from..until).prop_map(Timestamp::from_micros));
    let span = || (end(), end()).prop_map(|(from, until)| Span { from, until });
    let leaf = prop_oneof![
        4 => said.prop_map(Filter::Said),
        1 => (0..INPUTS).prop_map(|number| Filter::Id(format!("i{number}").parse().unwrap())),
        1 => select(vec![30_000, 30_002]).prop_map(Filter::Status),
        1 => select(vec![Medium::Image, Medium::Text]).prop_map(Filter::Medium),
        2 => select(vec!["harbour", "mill", "none"])
            .prop_map(|dataset| Filter::Dataset(dataset.parse().unwrap())),
        4 => test().prop_map(Filter::Metadata),
        3 => words().prop_map(|words| Filter::Text(words.parse().unwrap())),
        2 => circle().prop_map(Filter::Near),
        2 => area().prop_map(Filter::Within),
        1 => span().prop_map(Filter::Added),
        1 => span().prop_map(Filter::Changed),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Filter::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::Any),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

/// Adds what the recipes say, and answers it as it is listed, the newest first.
async fn make(bench: &Bench, app: &AppName, people: &[Person; 3], recipes: &[Recipe]) -> Vec<Whole> {
    let (service, ada) = (&bench.service, &people[0].who);
    let datasets = ["harbour", "mill"].map(|slug| NewDataset { slug: slug.into(), ..NewDataset::default() });
    service.post_datasets(ada, app, datasets.to_vec()).await.unwrap();
    for (number, recipe) in recipes.iter().enumerate() {
        let input = NewInput {
            slug: format!("i{number}"),
            content: match &recipe.text {
                Some(text) => Content::Text(text.clone()),
                None => Content::Image(png(2, 2).into()),
            },
            metadata: recipe.metadata.clone(),
            place: recipe.place,
            labels: Labels::default(),
            datasets: recipe.datasets.iter().map(|slug| (*slug).to_owned()).collect(),
        };
        add(bench, ada, app, vec![input]).await;
    }
    for (number, recipe) in recipes.iter().enumerate() {
        for (who, concept, value, status) in &recipe.said {
            let annotation = NewAnnotation {
                input: format!("i{number}"),
                labels: said(concept, *value),
                status: Some(*status),
                ..NewAnnotation::default()
            };
            service.post_annotations(&people[*who].who, app, vec![annotation]).await.unwrap();
            bench.clock.advance(1_000);
        }
    }
    let inputs = service.list_inputs(ada, app, &InputsFilter::default(), 0, INPUTS).await.unwrap().inputs;
    let said = service.list_annotations(ada, app, &AnnotationsFilter::default(), 0, 1_000).await.unwrap();
    let whole = |input: atelier_service::inputs::InputRow| Whole {
        datasets: recipes[input.slug[1..].parse::<usize>().unwrap()]
            .datasets
            .iter()
            .map(|slug| (*slug).to_owned())
            .collect(),
        said: said.iter().filter(|said| said.input_slug == input.slug).cloned().collect(),
        input,
    };
    inputs.into_iter().map(whole).collect()
}

async fn what_is_found_is_what_the_filter_lets_through(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let scopes = closed(ScopeSet::of(&[Scope::AnnotationsAdd, Scope::ConceptsAdd]));
    let bo = join(&bench, &ada, &app, "bo", atelier_domain::Preset::Worker.scopes().union(scopes)).await;
    let di = join(&bench, &ada, &app, "di", atelier_domain::Preset::Worker.scopes().union(scopes)).await;
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let recipes = prop::collection::vec(recipe(), INPUTS).new_tree(&mut runner).unwrap().current();
    let from = bench.now().micros();
    let wholes = make(&bench, &app, &[ada.clone(), bo, di], &recipes).await;
    assert_eq!(wholes.len(), INPUTS);
    let mut annotations: Vec<(&Whole, &atelier_service::annotations::AnnotationRow)> =
        wholes.iter().flat_map(|whole| whole.said.iter().map(move |said| (whole, said))).collect();
    annotations.sort_by_key(|(_, said)| std::cmp::Reverse(said.id));
    let filters = filter(from, bench.now().micros());
    let (mut some, mut all) = (0, 0);
    for _ in 0..FILTERS {
        let filter = filters.new_tree(&mut runner).unwrap().current();
        let told = filter.to_string();
        let expected: Vec<&str> = wholes
            .iter()
            .filter(|whole| fits(&filter, whole, None))
            .map(|whole| whole.input.slug.as_str())
            .collect();
        check_inputs(&bench, &ada.who, &app, &filter, &expected).await;
        let said: Vec<&str> = annotations
            .iter()
            .filter(|(whole, said)| fits(&filter, whole, Some(said)))
            .map(|(_, said)| said.slug.as_str())
            .collect();
        let query = Query { filter, oldest_first: false };
        let page = bench.service.search_annotations(&ada.who, &app, &query, first(1_000)).await.unwrap();
        let found: Vec<String> = page.value.rows.into_iter().map(|row| row.slug).collect();
        assert_eq!(found, said, "{told}");
        some += usize::from(!expected.is_empty());
        all += usize::from(expected.len() == INPUTS);
    }
    // Filters that all let through nothing, or everything, would show little.
    assert!(some > FILTERS / 3 && all < FILTERS / 3, "{some} {all}");
}

/// Asks for all of it at once, in parts, the other way round, and for how many there are.
async fn check_inputs(bench: &Bench, who: &Who, app: &AppName, filter: &Filter, expected: &[&str]) {
    let told = filter.to_string();
    let mut query = Query { filter: filter.clone(), oldest_first: false };
    assert_eq!(found(bench, who, app, &query).await.unwrap(), expected, "{told}");
    assert_eq!(
        bench.service.count_found_inputs(who, app, &query, COUNTED).await.unwrap(),
        expected.len(),
        "how many: {told}"
    );
    query.oldest_first = true;
    let (mut after, mut in_parts) = (None, Vec::new());
    loop {
        let part = Part { after, skip: 0, size: 7 };
        let endpoint = Endpoint::PostInputsSearches;
        let page = bench.service.search_inputs(who, app, endpoint, &query, part).await.unwrap().value;
        after = page.rows.last().map(|row| row.input.id.0);
        in_parts.extend(page.rows.into_iter().map(|row| row.input.slug));
        if !page.more {
            break;
        }
    }
    in_parts.reverse();
    assert_eq!(in_parts, expected, "in parts, the oldest first: {told}");
    let part = Part { after: None, skip: 3, size: 2 };
    let page = bench.service.search_inputs(who, app, Endpoint::PostInputsSearches, &query, part).await;
    let skipped: Vec<String> = page.unwrap().value.rows.into_iter().map(|row| row.input.slug).collect();
    let wanted: Vec<&str> = expected.iter().rev().skip(3).take(2).copied().collect();
    assert_eq!(skipped, wanted, "after three: {told}");
}
