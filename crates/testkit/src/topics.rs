//! A model that tells texts about cats from those about money.

use atelier_domain::{Label, Labels, Medium, Training};
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::models::{NewModel, NewVersion};
use atelier_service::{AppName, Who};

use crate::Bench;
use crate::texts::{BANKS, CATS};

/// By what the model is known.
pub const TOPICS: &str = "topics";

/// Adds the texts, `cat-0` to `cat-7` and `bank-0` to `bank-7`, each labelled with what it is about, and makes the model, which
/// is not trained by that.
///
/// # Panics
/// When it fails.
pub async fn add_topics(bench: &Bench, who: &Who, app: &AppName) {
    let about = |of: &'static str, texts: [&'static str; 8]| {
        texts.into_iter().enumerate().map(move |(number, text)| {
            let label = Label { concept: of.parse().expect("an identifier"), value: 1.0 };
            NewInput {
                slug: format!("{of}-{number}"),
                content: Content::Text(text.into()),
                metadata: None,
                place: None,
                labels: Labels { concepts: vec![label], regions: Vec::new() },
                datasets: Vec::new(),
            }
        })
    };
    let inputs = about("cat", CATS).chain(about("bank", BANKS)).collect();
    let inputs = PostInputs { inputs, ..PostInputs::default() };
    bench.service.post_inputs(who, app, inputs).await.expect("texts can be added");
    let settings = Training {
        medium: Some(Medium::Text),
        concepts: ["cat", "bank"].map(|slug| slug.parse().expect("an identifier")).into(),
        is_exclusive: true,
        ..Training::default()
    };
    let new = NewModel { slug: TOPICS.into(), settings, ..NewModel::default() };
    bench.service.post_models(who, app, vec![new]).await.expect("a model can be made");
}

/// Trains the model; answers the version.
///
/// # Panics
/// When it fails, or comes to nothing.
pub async fn train_topics(bench: &Bench, who: &Who, app: &AppName) -> String {
    let begun = bench.service.train_model(who, app, TOPICS, NewVersion::default()).await;
    let version = begun.expect("it can be trained").value.version.expect("it is a version");
    assert_eq!(bench.service.train_next().await, Ok(true));
    version.slug
}
