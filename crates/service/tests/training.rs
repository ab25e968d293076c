//! An app's own models: made, trained, judged, asked, and by whom.

use atelier_domain::time::SECOND;
use atelier_domain::training::{Examples, Fault, State, TrainingChange};
use atelier_domain::workflow::ModelRef;
use atelier_domain::{
    Endpoint, Label, Labels, Medium, ModelKind, Preset, Reach, ResourceId, Rights, Scope, Training,
};
use atelier_service::annotations::NewAnnotation;
use atelier_service::concepts::{ConceptSearch, FoundConcept, Source};
use atelier_service::inputs::{Content, InputsFilter, NewInput, PostInputs, TakenId};
use atelier_service::models::{
    Caution, DeleteModels, Found, Model, ModelName, ModelsFilter, NewModel, NewVersion, PatchModel,
    PatchVersion, Predict, Trained, Wanted,
};
use atelier_service::{AppName, Error, Result, Who};
use atelier_store::queries::trainings::{self, End};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::sharing::{give_exactly, join, street_signs};
use atelier_testkit::texts::{BANKS, CATS};
use atelier_testkit::{Bench, Person, on_both_databases};

on_both_databases! {
    what_was_labelled_is_learned_judged_and_told_of_others,
    labels_that_are_probably_wrong_are_named,
    inputs_show_any_number_of_concepts_where_a_model_says_so,
    what_cannot_be_learned_is_told_in_words,
    concepts_that_went_meanwhile_are_left_out_or_kept_as_they_were,
    a_model_learns_from_a_dataset_and_from_a_version_as_it_was,
    what_a_killed_server_left_is_taken_up_and_its_own_end_counts_no_more,
    what_is_cancelled_or_deleted_comes_to_nothing,
    a_model_learns_what_its_trainer_may_read_then,
    what_a_version_learned_from_stays_and_is_shown_to_those_who_may_see_it,
    what_an_own_model_knows_is_found_among_the_concepts_of_its_app,
    whoever_may_not_make_train_or_delete_hears_why,
    models_are_made_changed_and_deleted,
}

fn concept(slug: &str) -> ResourceId {
    slug.parse().unwrap()
}

fn labels(said: &[(&str, f32)]) -> Labels {
    let concepts = said.iter().map(|(slug, value)| Label { concept: concept(slug), value: *value });
    Labels { concepts: concepts.collect(), regions: Vec::new() }
}

/// An app with texts, and a way to ask for what a test wants to know.
struct Lab {
    bench: Bench,
    ada: Person,
    app: AppName,
}

impl Lab {
    async fn open(bench: Bench) -> Self {
        let ada = bench.person("ada").await;
        let app = street_signs(&bench, &ada).await;
        Self { bench, ada, app }
    }

    /// One with texts about cats and about banks, labelled so.
    async fn with_texts(bench: Bench) -> Self {
        let lab = Self::open(bench).await;
        lab.add("cat", &CATS, &[("cat", 1.0)]).await;
        lab.add("bank", &BANKS, &[("bank", 1.0)]).await;
        lab
    }

    async fn add(&self, name: &str, texts: &[&str], said: &[(&str, f32)]) {
        let inputs = texts.iter().enumerate().map(|(number, text)| NewInput {
            slug: format!("{name}-{number}"),
            content: Content::Text((*text).into()),
            metadata: None,
            place: None,
            labels: labels(said),
            datasets: Vec::new(),
        });
        let inputs = PostInputs { inputs: inputs.collect(), taken: TakenId::Fail, ..PostInputs::default() };
        let posted = self.bench.service.post_inputs(&self.ada.who, &self.app, inputs).await.unwrap();
        assert!(posted.inputs.iter().all(std::result::Result::is_ok));
    }

    async fn say(&self, input: &str, said: &[(&str, f32)]) {
        let new = NewAnnotation { input: input.into(), labels: labels(said), ..NewAnnotation::default() };
        self.bench.service.post_annotations(&self.ada.who, &self.app, vec![new]).await.unwrap();
    }

    async fn make(&self, slug: &str, settings: Training) -> Model {
        let new = NewModel { slug: slug.into(), settings, ..NewModel::default() };
        let made = self.bench.service.post_models(&self.ada.who, &self.app, vec![new]).await;
        made.unwrap().value.remove(0)
    }

    /// Begins to train a model as it says; answers the version.
    async fn begin(&self, who: &Who, slug: &str) -> Result<String> {
        let begun = self.bench.service.train_model(who, &self.app, slug, NewVersion::default()).await?;
        Ok(begun.value.version.unwrap().slug)
    }

    async fn get(&self, slug: &str, version: &str) -> Result<Model> {
        let name = ModelName::at(&self.app, slug, version);
        self.bench.service.get_model(&self.ada.who, &self.app, Endpoint::GetModel, &name).await
    }

    async fn trained(&self, slug: &str, version: &str) -> Trained {
        self.get(slug, version).await.unwrap().version.unwrap().training().unwrap().clone()
    }

    /// Trains a model as it says, and answers what became of it.
    async fn train(&self, slug: &str) -> Trained {
        let version = self.begin(&self.ada.who, slug).await.unwrap();
        assert_eq!(self.bench.service.train_next().await, Ok(true));
        self.trained(slug, &version).await
    }

    /// Makes a model that is trained so, and answers what became of it.
    async fn try_so(&self, slug: &str, settings: Training) -> Trained {
        self.make(slug, settings).await;
        self.train(slug).await
    }

    async fn predict(
        &self,
        slug: &str,
        version: &str,
        text: &str,
        wanted: Wanted,
    ) -> Result<Vec<(String, f32)>> {
        let model = ModelName::at(&self.app, slug, version);
        let ask = Predict { model, inputs: vec![Content::Text(text.into())], wanted };
        let service = &self.bench.service;
        let outputs =
            service.predict(&self.ada.who, &self.app, Endpoint::PostModelOutputs, ask).await?.outputs;
        match outputs.into_iter().next().unwrap()? {
            Found::Concepts(found) => {
                Ok(found.into_iter().map(|found| (found.concept.slug, found.value)).collect())
            }
            Found::Embedding(_) => panic!("a classifier gives concepts"),
        }
    }
}

fn exclusive(concepts: &[&str]) -> Training {
    let concepts = concepts.iter().map(|slug| concept(slug)).collect();
    Training { medium: Some(Medium::Text), concepts, is_exclusive: true, ..Training::default() }
}

/// Why it failed, and the same in words.
fn failed(trained: &Trained) -> (Fault, &str) {
    assert_eq!((trained.state(), &trained.outcome), (State::Failed, &None), "{trained:?}");
    (trained.fault().unwrap(), &trained.row.why)
}

async fn what_was_labelled_is_learned_judged_and_told_of_others(bench: Bench) {
    let lab = Lab::with_texts(bench).await;
    let service = &lab.bench.service;
    let made = lab.make("topics", exclusive(&["cat", "bank"])).await;
    assert_eq!(
        (made.kind, made.takes, made.versions),
        (ModelKind::EmbeddingClassifier, Some(Medium::Text), 0)
    );
    assert_eq!(service.train_next().await, Ok(false), "nothing was begun");
    let untrained = lab.predict("topics", "", "A cat.", Wanted::default()).await.unwrap_err();
    assert!(matches!(untrained, Error::Untrained { state: None, .. }), "{untrained:?}");

    let version = lab.begin(&lab.ada.who, "topics").await.unwrap();
    assert_eq!(version.len(), 32);
    let waiting = lab.trained("topics", "").await;
    assert_eq!((waiting.state(), waiting.row.author_slug.as_str()), (State::Pending, "ada"));
    let untrained = lab.predict("topics", "", "A cat.", Wanted::default()).await.unwrap_err();
    assert!(matches!(untrained, Error::Untrained { state: Some(State::Pending), .. }), "{untrained:?}");
    // Nothing was looked at yet: the training sees to that.
    assert_eq!(service.train_next().await, Ok(true));
    assert_eq!(service.train_next().await, Ok(false));

    let trained = lab.trained("topics", &version).await;
    assert_eq!(trained.state(), State::Trained, "{}", trained.row.why);
    let outcome = trained.outcome.unwrap();
    let counted: Vec<_> = outcome
        .concepts
        .iter()
        .map(|count| (count.concept.slug.as_str(), count.positive, count.negative))
        .collect();
    assert_eq!(counted, [("cat", 8, 8), ("bank", 8, 8)]);
    assert_eq!((outcome.examples, outcome.chance), (16, 0.5));
    assert!(outcome.accuracy.value > 0.9, "{:?}", outcome.accuracy);
    let sentences: Vec<String> =
        outcome.cautions.iter().map(|caution| caution.sentence(&outcome.concepts)).collect();
    assert!(
        sentences.iter().any(|sentence| sentence.starts_with("“cat” has few examples: 8")),
        "{sentences:?}"
    );

    let evaluated = service.get_model_evaluation(&lab.ada.who, &lab.app, "topics", &version).await.unwrap();
    assert_eq!(evaluated.evaluation.accuracy, outcome.accuracy);
    let matrix = evaluated.evaluation.confusion.unwrap();
    assert_eq!(matrix.iter().flatten().sum::<usize>(), 16);
    assert_eq!(evaluated.mistakes.len(), 16 - matrix[0][0] - matrix[1][1]);

    for (text, expected) in
        [("A kitten naps on the couch.", "cat"), ("The loan costs more interest.", "bank")]
    {
        let found = lab.predict("topics", "", text, Wanted::default()).await.unwrap();
        assert_eq!(found[0].0, expected, "{text}");
        assert!((found.iter().map(|(_, value)| value).sum::<f32>() - 1.0).abs() < 1e-4);
        let only = Wanted { only: vec!["bank".into()], ..Wanted::default() };
        let one = lab.predict("topics", &version, text, only).await.unwrap();
        assert_eq!(one, [found.into_iter().find(|(slug, _)| slug == "bank").unwrap()]);
    }
    let refused = lab.predict("topics", &version, " ", Wanted::default()).await.unwrap_err();
    assert_eq!(invalid(refused).0, "text");
    let name = ModelName::at(&lab.app, "topics", "");
    let concepts = service.list_model_concepts(&lab.ada.who, &lab.app, &name, None, 0, 10);
    assert_eq!(concepts.await.unwrap().value.len(), 2);
    // The same labels give the same model, and the newest that is trained answers.
    lab.begin(&lab.ada.who, "topics").await.unwrap();
    assert!(lab.predict("topics", "", "A cat.", Wanted::default()).await.is_ok());
    assert_eq!(service.train_next().await, Ok(true));
    let again = lab.trained("topics", "").await.outcome.unwrap();
    assert_eq!(again, outcome);
    let listed = service
        .list_models(&lab.ada.who, &lab.app, Endpoint::ListModels, &ModelsFilter::default())
        .await
        .unwrap();
    assert_eq!((listed.len(), listed[0].versions), (1, 2));
}

async fn labels_that_are_probably_wrong_are_named(bench: Bench) {
    let lab = Lab::with_texts(bench).await;
    lab.add("slip", &["Our cat and her kitten purr on the sofa."], &[("bank", 1.0)]).await;
    let trained = lab.try_so("topics", exclusive(&["cat", "bank"])).await;
    let version = trained.row.id.to_string();
    let service = &lab.bench.service;
    let evaluated = service.get_model_evaluation(&lab.ada.who, &lab.app, "topics", &version).await.unwrap();
    let first = evaluated.suspects.first().unwrap();
    // Of the two concepts, it is said to show the second.
    assert_eq!(
        (first.input.slug.as_str(), first.suspect.class, first.suspect.instead),
        ("slip-0", 1, Some(0))
    );
    assert!(first.suspect.margin > 0.0 && first.suspect.probability < 0.5, "{:?}", first.suspect);
}

async fn inputs_show_any_number_of_concepts_where_a_model_says_so(bench: Bench) {
    let lab = Lab::with_texts(bench).await;
    let several = Training { is_exclusive: false, ..exclusive(&["cat", "bank"]) };
    // Nobody has said what is not there.
    let (fault, why) = {
        let trained = lab.try_so("as-said", several.clone()).await;
        let (fault, why) = failed(&trained);
        (fault, why.to_owned())
    };
    assert_eq!(fault, Fault::OneClass);
    assert!(why.contains("that a concept is not there"), "{why}");
    let trained = lab.try_so("assumed", Training { assumes_absent: true, ..several.clone() }).await;
    assert_eq!(trained.state(), State::Trained, "{}", trained.row.why);
    for number in 0..8 {
        lab.say(&format!("cat-{number}"), &[("bank", 0.0)]).await;
    }
    let trained = lab.train("as-said").await;
    let outcome = trained.outcome.unwrap();
    assert_eq!(outcome.concepts.len(), 1, "of “cat” nobody denied anything");
    assert!(outcome.cautions.contains(&Caution::NeverDenied { concept: "cat".into() }), "{outcome:?}");
    let found = lab.predict("as-said", "", "The bank lends money.", Wanted::default()).await.unwrap();
    assert!(found[0].1 > 0.5, "{found:?}");
}

async fn what_cannot_be_learned_is_told_in_words(bench: Bench) {
    let lab = Lab::open(bench).await;
    let service = &lab.bench.service;
    let trained = lab.try_so("nothing", Training::default()).await;
    assert_eq!(failed(&trained), (Fault::NoData, "There are no concepts to learn."));
    lab.add("cat", &CATS[..3], &[("cat", 1.0)]).await;
    let trained = lab.train("nothing").await;
    let (fault, why) = failed(&trained);
    assert_eq!(fault, Fault::OneClass, "{why}");
    let trained = lab.try_so("one", exclusive(&[])).await;
    assert_eq!(
        failed(&trained),
        (Fault::OneClass, "All examples show “cat”: there is nothing to tell it from.")
    );
    let pictures = Training { medium: Some(Medium::Image), ..exclusive(&["cat"]) };
    let trained = lab.try_so("pictures", pictures).await;
    let (fault, why) = failed(&trained);
    assert_eq!(fault, Fault::NoPositives);
    assert!(why.contains("said of any picture"), "{why}");
    // One of another, which makes four, of which one contradicts itself.
    lab.add("bank", &BANKS[..1], &[("bank", 1.0)]).await;
    lab.say("cat-0", &[("cat", 0.0)]).await;
    let counted = service.count_examples(&lab.ada.who, &lab.app, &exclusive(&[])).await.unwrap();
    assert_eq!(counted.cautions, [Caution::Contradicted { inputs: 1 }]);
    assert_eq!((counted.examples, counted.few().count()), (3, 2));
    let (fault, why) = counted.fault.unwrap();
    let trained = lab.train("one").await;
    assert_eq!(failed(&trained), (fault, why.as_str()), "it is told before what becomes of it");
    assert_eq!(fault, Fault::TooFew);
    // Copies of one another cannot judge one another.
    lab.add("copy", &[BANKS[0]; 4], &[("bank", 1.0)]).await;
    let copies = Training { from: Examples::Dataset("copies".into()), ..exclusive(&[]) };
    let unknown = service.post_models(
        &lab.ada.who,
        &lab.app,
        vec![NewModel { slug: "copies".into(), settings: copies, ..NewModel::default() }],
    );
    assert_eq!(invalid(unknown.await.unwrap_err()).0, "models[0].dataset");
    let trained = lab.train("one").await;
    assert_eq!(trained.state(), State::Trained, "{}", trained.row.why);
    // Equal texts of which different things are said.
    lab.add("odd", &[BANKS[0]; 1], &[("cat", 1.0)]).await;
    let cautions = lab.train("one").await.outcome.unwrap().cautions;
    let contradicts = |caution: &Caution| caution.sentence(&[]).contains("that are the same");
    assert!(cautions.iter().any(contradicts), "{cautions:?}");
    let nobody = (
        "models[0].concepts",
        vec![NewModel { settings: exclusive(&["dog"]), slug: "x".into(), ..NewModel::default() }],
    );
    let refused = service.post_models(&lab.ada.who, &lab.app, nobody.1).await.unwrap_err();
    assert_eq!(invalid(refused).0, nobody.0);
}

async fn concepts_that_went_meanwhile_are_left_out_or_kept_as_they_were(bench: Bench) {
    let lab = Lab::with_texts(bench).await;
    let service = &lab.bench.service;
    lab.add("dog", &["A dog barks at the postman."], &[("dog", 1.0)]).await;
    lab.make("topics", exclusive(&["cat", "bank", "dog"])).await;
    let first = lab.train("topics").await;
    assert_eq!(first.outcome.as_ref().unwrap().concepts.len(), 3);
    // One is deleted between being chosen and being learned.
    let version = lab.begin(&lab.ada.who, "topics").await.unwrap();
    service.delete_concepts(&lab.ada.who, &lab.app, &["dog".into()]).await.unwrap();
    assert_eq!(service.train_next().await, Ok(true));
    let second = lab.trained("topics", &version).await;
    let told: Vec<String> =
        second.outcome.unwrap().concepts.into_iter().map(|count| count.concept.slug).collect();
    assert_eq!(told, ["cat", "bank"]);
    // What was learned before keeps it, by its name.
    let first = lab.trained("topics", &first.row.id.to_string()).await;
    assert_eq!(first.outcome.unwrap().concepts[2].concept.name, "dog");
    let version = first.row.id.to_string();
    let found = lab.predict("topics", &version, "The dog barks.", Wanted::default()).await.unwrap();
    assert!(found.iter().any(|(slug, _)| slug == "dog"), "{found:?}");
}

async fn a_model_learns_from_a_dataset_and_from_a_version_as_it_was(bench: Bench) {
    let lab = Lab::with_texts(bench).await;
    let service = &lab.bench.service;
    let (who, app) = (&lab.ada.who, &lab.app);
    let dataset = atelier_service::datasets::NewDataset { slug: "some".into(), ..Default::default() };
    service.post_datasets(who, app, vec![dataset]).await.unwrap();
    let some: Vec<String> =
        (0..4).flat_map(|number| [format!("cat-{number}"), format!("bank-{number}")]).collect();
    service.post_dataset_inputs(who, app, "some", &some).await.unwrap();
    let version =
        atelier_service::datasets::versions::NewVersion { slug: "first".into(), ..Default::default() };
    service.post_dataset_versions(who, app, "some", vec![version]).await.unwrap();
    let from = |from| Training { from, ..exclusive(&[]) };
    let trained = lab.try_so("dataset", from(Examples::Dataset("some".into()))).await;
    assert_eq!(trained.outcome.unwrap().examples, 8);
    // What is said afterwards, and what goes, changes nothing of a version but what is gone with its input.
    lab.say("cat-0", &[("bank", 1.0)]).await;
    let then = Examples::Version { dataset: "some".into(), version: "first".into() };
    let trained = lab.try_so("version", from(then)).await;
    assert_eq!(trained.outcome.unwrap().examples, 8);
    let trained = lab.train("dataset").await;
    assert_eq!(trained.outcome.unwrap().examples, 7);
    service.delete_inputs(who, app, Endpoint::DeleteInputs, &["cat-1".into()]).await.unwrap();
    let outcome = lab.train("version").await.outcome.unwrap();
    assert_eq!((outcome.examples, outcome.cautions.contains(&Caution::Unseen { inputs: 1 })), (7, true));
    // A dataset that goes before it is read is gone for whoever reads.
    let version = lab.begin(who, "dataset").await.unwrap();
    service.delete_datasets(who, app, &["some".into()]).await.unwrap();
    assert_eq!(service.train_next().await, Ok(true));
    let trained = lab.trained("dataset", &version).await;
    assert_eq!(failed(&trained).0, Fault::Refused);
}

async fn what_a_killed_server_left_is_taken_up_and_its_own_end_counts_no_more(bench: Bench) {
    let lab = Lab::with_texts(bench).await;
    let service = &lab.bench.service;
    lab.make("topics", exclusive(&["cat", "bank"])).await;
    let version = lab.begin(&lab.ada.who, "topics").await.unwrap();
    let take = async || {
        let (now, mut tx) = (lab.bench.now(), service.store().write().await.unwrap());
        let job = trainings::take(&mut tx, now, now.plus(30 * SECOND)).await.unwrap();
        tx.commit().await.unwrap();
        job
    };
    let killed = take().await.unwrap();
    assert_eq!(take().await, None, "nobody else is at it for a while");
    assert_eq!(service.train_next().await, Ok(false));
    lab.bench.clock.advance(31 * SECOND);
    assert_eq!(service.train_next().await, Ok(true));
    assert_eq!(lab.trained("topics", &version).await.state(), State::Trained);
    // It was only slow.
    let mut tx = service.store().write().await.unwrap();
    let end = End::Failed { fault: Fault::Internal, why: "too late" };
    assert!(!trainings::end(&mut tx, &killed, end, lab.bench.now()).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(lab.trained("topics", &version).await.state(), State::Trained);
    // One at which servers die again and again is given up.
    let version = lab.begin(&lab.ada.who, "topics").await.unwrap();
    for _ in 0..3 {
        assert!(take().await.is_some());
        lab.bench.clock.advance(31 * SECOND);
    }
    assert_eq!(service.train_next().await, Ok(true));
    let trained = lab.trained("topics", &version).await;
    assert_eq!(failed(&trained), (Fault::GivenUp, "The server stopped 3 times while it was being trained."));
}

async fn what_is_cancelled_or_deleted_comes_to_nothing(bench: Bench) {
    let lab = Lab::with_texts(bench).await;
    let service = &lab.bench.service;
    let (who, app) = (&lab.ada.who, &lab.app);
    lab.make("topics", exclusive(&["cat", "bank"])).await;
    let version = lab.begin(who, "topics").await.unwrap();
    assert_eq!(service.cancel_training(who, app, "topics", &version).await, Ok(true));
    assert_eq!(service.cancel_training(who, app, "topics", &version).await, Ok(false));
    assert_eq!(service.train_next().await, Ok(false));
    // While somebody is at it.
    let version = lab.begin(who, "topics").await.unwrap();
    let at_it = {
        let (now, mut tx) = (lab.bench.now(), service.store().write().await.unwrap());
        let job = trainings::take(&mut tx, now, now.plus(30 * SECOND)).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        job
    };
    assert_eq!(service.cancel_training(who, app, "topics", &version).await, Ok(true));
    let mut tx = service.store().write().await.unwrap();
    let phase = atelier_domain::training::Phase::Judging;
    assert!(!trainings::go_on(&mut tx, &at_it, phase, 0.5, lab.bench.now()).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(lab.trained("topics", &version).await.state(), State::Cancelled);
    // Whoever asks for it hears so, and a version that is trained answers.
    let refused = lab.predict("topics", &version, "A cat.", Wanted::default()).await.unwrap_err();
    assert!(matches!(refused, Error::Untrained { state: Some(State::Cancelled), .. }), "{refused:?}");
    let trained = lab.train("topics").await;
    let version = trained.row.id.to_string();
    service.delete_model_version(who, app, "topics", &version).await.unwrap();
    assert_eq!(lab.get("topics", &version).await.unwrap_err(), Error::NotFound);
    let refused = lab.predict("topics", &version, "A cat.", Wanted::default()).await.unwrap_err();
    assert_eq!(refused, Error::NotFound, "what is in memory is not asked before the database");
}

async fn a_model_learns_what_its_trainer_may_read_then(bench: Bench) {
    let lab = Lab::with_texts(bench).await;
    let service = &lab.bench.service;
    lab.make("topics", exclusive(&["cat", "bank"])).await;
    let bo = join(&lab.bench, &lab.ada, &lab.app, "bo", Preset::ModelTrainer.scopes()).await;
    // Whoever loses the right after they have begun has trained nothing.
    let version = lab.begin(&bo.who, "topics").await.unwrap();
    give_exactly(&lab.bench, &lab.ada, &lab.app, bo.id, Rights::of(Preset::Viewer.scopes())).await;
    assert_eq!(service.train_next().await, Ok(true));
    let trained = lab.trained("topics", &version).await;
    let (fault, why) = failed(&trained);
    assert_eq!(fault, Fault::Refused);
    assert!(why.starts_with("Whoever began it may not train it:") && why.contains("Models_Train"), "{why}");
    // Whoever is limited to what tasks give them learns from nothing else.
    give_exactly(&lab.bench, &lab.ada, &lab.app, bo.id, Rights { reach: Reach::Assigned, ..Rights::FULL })
        .await;
    let version = lab.begin(&bo.who, "topics").await.unwrap();
    assert_eq!(service.train_next().await, Ok(true));
    assert_eq!(failed(&lab.trained("topics", &version).await).0, Fault::NoPositives);
    let some = |range: std::ops::Range<usize>| {
        range.flat_map(|number| [format!("cat-{number}"), format!("bank-{number}")]).collect::<Vec<_>>()
    };
    let task = atelier_service::tasks::NewTask {
        slug: "some".into(),
        name: "Some".into(),
        concepts: vec!["cat".into(), "bank".into()],
        source: atelier_service::tasks::Source::Inputs(some(0..3)),
        labellers: vec![atelier_service::tasks::Labeller::new("bo")],
        strategy: atelier_domain::task::WorkerStrategy::Full,
        ..atelier_service::tasks::NewTask::default()
    };
    service.post_tasks(&lab.ada.who, &lab.app, vec![task]).await.unwrap();
    let version = lab.begin(&bo.who, "topics").await.unwrap();
    assert_eq!(service.train_next().await, Ok(true));
    let own = lab.trained("topics", &version).await;
    assert_eq!(own.outcome.unwrap_or_else(|| panic!("{}", own.row.why)).examples, 6);
    let counted = service.count_examples(&bo.who, &lab.app, &exclusive(&[])).await.unwrap();
    assert_eq!(counted.examples, 6);
    // They see how good that is, and not how good what learned from all is.
    assert!(service.get_model_evaluation(&bo.who, &lab.app, "topics", &version).await.is_ok());
    let of_all = lab.train("topics").await;
    assert_eq!(of_all.outcome.unwrap().examples, 16);
    let version = of_all.row.id.to_string();
    let refused = service.get_model_evaluation(&bo.who, &lab.app, "topics", &version).await.unwrap_err();
    let (missing, words) = forbidden(refused);
    assert!(missing.is_empty() && words.ends_with("; Ada could lift the limit"), "{words}");
}

async fn what_a_version_learned_from_stays_and_is_shown_to_those_who_may_see_it(bench: Bench) {
    let lab = Lab::with_texts(bench).await;
    let service = &lab.bench.service;
    let learned = async |who: &Who, version: &str, skip: usize, size: usize| {
        let name = ModelName::at(&lab.app, "topics", version);
        let found = service.list_model_inputs(who, &lab.app, &name, skip, size).await?;
        Ok::<_, Error>(found.value.into_iter().map(|one| one.input.slug).collect::<Vec<_>>())
    };
    let (ada, most) = (&lab.ada.who, 1_000);
    lab.make("topics", exclusive(&["cat", "bank"])).await;
    assert_eq!(learned(ada, "", 0, most).await, Ok(Vec::new()), "there is no version");
    let first = lab.train("topics").await.row.id.to_string();
    let listed = service.list_inputs(ada, &lab.app, &InputsFilter::default(), 0, most).await.unwrap().inputs;
    let expected: Vec<String> = listed.into_iter().map(|input| input.slug).collect();
    assert_eq!(expected.len(), CATS.len() + BANKS.len());
    assert_eq!(learned(ada, &first, 0, most).await.as_ref(), Ok(&expected), "the newest first");
    assert_eq!(learned(ada, &first, 2, 3).await.as_deref(), Ok(&expected[2..5]));
    assert_eq!(learned(ada, &first, expected.len(), 3).await, Ok(Vec::new()));

    // What comes later is learned by later versions. What contradicts itself is not learned.
    lab.bench.clock.advance(SECOND);
    lab.add("more", &["A cat sleeps on the stairs."], &[("cat", 1.0)]).await;
    lab.say("bank-0", &[("bank", 0.0)]).await;
    let second = lab.train("topics").await.row.id.to_string();
    assert_eq!(learned(ada, &first, 0, most).await.as_ref(), Ok(&expected));
    let then = learned(ada, "", 0, most).await.unwrap();
    assert_eq!((then[0].as_str(), then.len()), ("more-0", expected.len()), "the newest that is trained");
    assert!(!then.contains(&"bank-0".to_owned()), "{then:?}");
    // What was deleted takes no place in a page.
    service.delete_inputs(ada, &lab.app, Endpoint::DeleteInputs, &[expected[0].clone()]).await.unwrap();
    assert_eq!(learned(ada, &first, 0, 3).await.as_deref(), Ok(&expected[1..4]));

    let cancelled = lab.begin(ada, "topics").await.unwrap();
    assert_eq!(learned(ada, &cancelled, 0, most).await, Ok(Vec::new()), "it has learned nothing yet");
    assert_eq!(learned(ada, "", 0, most).await.map(|inputs| inputs.len()), Ok(then.len() - 1));
    service.delete_model_version(ada, &lab.app, "topics", &second).await.unwrap();
    assert_eq!(learned(ada, &second, 0, most).await, Err(Error::NotFound));
    let public = ModelName::public("general-text-embedding");
    let found = service.list_model_inputs(ada, &lab.app, &public, 0, most).await.unwrap();
    assert_eq!((found.app, found.value), (None, Vec::new()));

    let bo = join(&lab.bench, &lab.ada, &lab.app, "bo", Preset::Viewer.scopes()).await;
    assert!(learned(&bo.who, &first, 0, most).await.is_ok());
    let blind = Preset::Viewer.scopes().minus(atelier_domain::ScopeSet::of(&[Scope::InputsGet]));
    for limited in [Rights::of(blind), Rights { reach: Reach::Assigned, ..Rights::FULL }] {
        give_exactly(&lab.bench, &lab.ada, &lab.app, bo.id, limited).await;
        let (_, why) = forbidden(learned(&bo.who, &first, 0, most).await.unwrap_err());
        assert!(why.contains("your access to this app"), "{why}");
    }
}

async fn what_an_own_model_knows_is_found_among_the_concepts_of_its_app(bench: Bench) {
    let lab = Lab::with_texts(bench).await;
    let service = &lab.bench.service;
    lab.add("dog", &["A dog barks at the postman."], &[("dog", 1.0)]).await;
    lab.make("topics", exclusive(&["cat", "bank"])).await;
    let model = || Source::Model(ModelRef { model: "topics".into(), ..ModelRef::default() });
    let find = async |only_of_source: bool| {
        let search = ConceptSearch { source: Some(model()), only_of_source, ..ConceptSearch::default() };
        let found = service.search_concepts(&lab.ada.who, &lab.app, &search, 0, 10).await.unwrap();
        let slug = |found| match found {
            FoundConcept::Own(row) => row.slug,
            FoundConcept::Known { concept, .. } => panic!("{concept:?} is the app's own"),
        };
        found.value.into_iter().map(slug).collect::<Vec<_>>()
    };
    assert_eq!(find(true).await, [""; 0], "it knows nothing yet");
    lab.train("topics").await;
    assert_eq!(find(true).await, ["cat", "bank"]);
    assert_eq!(find(false).await, ["cat", "bank", "dog"], "each once");
    service.delete_concepts(&lab.ada.who, &lab.app, &["bank".into()]).await.unwrap();
    assert_eq!(find(true).await, ["cat"], "what is no more is not found");
}

async fn whoever_may_not_make_train_or_delete_hears_why(bench: Bench) {
    let lab = Lab::with_texts(bench).await;
    let service = &lab.bench.service;
    lab.make("topics", exclusive(&["cat", "bank"])).await;
    let version = lab.train("topics").await.row.id.to_string();
    let app = &lab.app;
    let viewer = join(&lab.bench, &lab.ada, app, "bo", Preset::Viewer.scopes()).await;
    let stranger = lab.bench.person("cy").await;
    let asked = async |who: &Who| {
        let new = NewModel { slug: "x".into(), ..NewModel::default() };
        let change = PatchModel { slug: "topics".into(), ..PatchModel::default() };
        let of_version = PatchVersion { slug: version.clone(), ..PatchVersion::default() };
        let all = DeleteModels::All;
        vec![
            (Endpoint::PostModels, service.post_models(who, app, vec![new]).await.err()),
            (Endpoint::PatchModels, service.patch_models(who, app, vec![change]).await.err()),
            (
                Endpoint::DeleteModels,
                service.delete_models(who, app, Endpoint::DeleteModels, &all).await.err(),
            ),
            (
                Endpoint::PostModelVersions,
                service.train_model(who, app, "topics", NewVersion::default()).await.err(),
            ),
            (Endpoint::PostModelVersions, service.count_examples(who, app, &Training::default()).await.err()),
            (Endpoint::PostModelVersions, service.cancel_training(who, app, "topics", &version).await.err()),
            (
                Endpoint::PatchModelVersions,
                service.patch_model_versions(who, app, "topics", vec![of_version]).await.err(),
            ),
            (
                Endpoint::DeleteModelVersion,
                service.delete_model_version(who, app, "topics", &version).await.err(),
            ),
        ]
    };
    for (endpoint, refusal) in asked(&viewer.who).await {
        let missing = endpoint.needs().minus(Preset::Viewer.scopes());
        assert!(!missing.is_empty(), "{endpoint}");
        assert_eq!(forbidden(refusal.unwrap()).0, missing, "{endpoint}");
    }
    for (endpoint, refusal) in asked(&stranger.who).await {
        assert_eq!(refusal, Some(Error::NotFound), "{endpoint}");
    }
    // Whoever sees models and not what is said of inputs hears nothing of how often that is said.
    let scopes = Endpoint::GetModelVersion.needs();
    give_exactly(&lab.bench, &lab.ada, app, viewer.id, Rights::of(scopes)).await;
    let refused = service.get_model_evaluation(&viewer.who, app, "topics", &version).await.unwrap_err();
    assert!(forbidden(refused).0.contains(Scope::AnnotationsGet));
    // In another app of hers there is no such model.
    let other = atelier_testkit::sharing::make_app(&lab.bench, &lab.ada, "other").await;
    let name = ModelName::at(&other, "topics", &version);
    let gone = service.get_model(&lab.ada.who, &other, Endpoint::GetModel, &name).await;
    assert_eq!(gone.unwrap_err(), Error::NotFound);
}

async fn models_are_made_changed_and_deleted(bench: Bench) {
    let lab = Lab::open(bench).await;
    let service = &lab.bench.service;
    let (who, app) = (&lab.ada.who, &lab.app);
    let new = |slug: &str, name: &str, kind: &str| NewModel {
        slug: slug.into(),
        name: name.into(),
        kind: kind.into(),
        ..NewModel::default()
    };
    let made = service.post_models(
        who,
        app,
        vec![new("", "Stop signs", ""), new("two", "", "embedding-classifier")],
    );
    let slugs: Vec<String> = made.await.unwrap().value.into_iter().map(|model| model.slug).collect();
    assert_eq!(slugs, ["stop-signs", "two"]);
    let again = service.post_models(who, app, vec![new("three", "", ""), new("two", "", "")]).await;
    assert!(matches!(again.unwrap_err(), Error::Taken(_)));
    assert_eq!(lab.get("three", "").await.unwrap_err(), Error::NotFound, "all of them or none");
    for (input, field) in [
        (new("", "", ""), "models[0].id"),
        (new(&"x".repeat(200), "", ""), "models[0].id"),
        (new("new", "", ""), "models[0].id"),
        (new("general-text-embedding", "", ""), "models[0].id"),
        (new("x", "", "visual-classifier"), "models[0].model_type_id"),
        (NewModel { notes: "n".repeat(4_001), ..new("x", "", "") }, "models[0].notes"),
        (
            NewModel { settings: Training { penalty: Some(0.0), ..Training::default() }, ..new("x", "", "") },
            "models[0].penalty",
        ),
    ] {
        assert_eq!(invalid(service.post_models(who, app, vec![input]).await.unwrap_err()).0, field);
    }
    let change = PatchModel {
        slug: "two".into(),
        name: Some("Two".into()),
        description: Some("Tells two things apart".into()),
        change: TrainingChange { medium: Some(Medium::Text), ..TrainingChange::default() },
        ..PatchModel::default()
    };
    let changed = service.patch_models(who, app, vec![change]).await.unwrap().value.remove(0);
    assert_eq!((changed.name.as_str(), changed.takes), ("Two", Some(Medium::Text)));
    let counts = service.count_resources(who, app).await.unwrap();
    assert_eq!(counts.models, 2);
    let some = |slugs: &[&str]| DeleteModels::Named(slugs.iter().map(|slug| (*slug).to_owned()).collect());
    let delete =
        async |which: &DeleteModels| service.delete_models(who, app, Endpoint::DeleteModels, which).await;
    assert_eq!(delete(&some(&[])).await, Ok(0));
    assert_eq!(delete(&some(&["two", "three"])).await, Err(Error::NotFound));
    assert_eq!(delete(&some(&["two"])).await, Ok(1));
    assert_eq!(delete(&DeleteModels::All).await, Ok(1));
    assert_eq!(service.count_resources(who, app).await.unwrap().models, 0);
}
