//! Annotations, and who may take away what somebody said, on both databases.

use atelier_domain::closure::closed;
use atelier_domain::{Endpoint, Label, Labels, PatchAction, Point, Preset, Region, Scope, ScopeSet, Shape};
use atelier_service::annotations::{
    AnnotationRow, AnnotationsFilter, NewAnnotation, PatchAnnotation, status,
};
use atelier_service::audit::AuditFilter;
use atelier_service::concepts::NewConcept;
use atelier_service::inputs::{Content, NewInput, PostInputs};
use atelier_service::keys::CreateKey;
use atelier_service::{AppName, Error, Result, Who};
use atelier_testkit::errors::{forbidden, invalid};
use atelier_testkit::people::with_key;
use atelier_testkit::pictures::png;
use atelier_testkit::sharing::{join, make_app, street_signs};
use atelier_testkit::{Bench, Person, on_both_databases};

on_both_databases! {
    a_worker_adds_and_changes_their_own_but_takes_nothing_away,
    nobody_but_the_owner_changes_anothers,
    who_may_delete_removes_anothers_but_does_not_change_it,
    an_unknown_concept_is_made_only_by_who_may_add_concepts,
    strangers_find_nothing,
    another_apps_ids_are_out_of_reach,
    labels_that_do_not_fit_the_input_are_refused,
    all_are_added_or_none,
    all_are_changed_or_none,
    merging_goes_by_id,
    what_changed_since_it_was_seen_is_not_changed,
    overwriting_and_removing_are_audited,
    what_a_patch_leaves_empty_goes_if_asked,
    listing_filters,
    of_inputs_all_are_deleted_and_of_nothing_none,
    an_annotation_is_deleted_only_under_its_own_input,
    taken_ids_are_told,
    a_collaborator_does_not_review_themselves,
    an_app_key_acts_as_the_owner_within_its_scopes,
    annotations_go_with_their_input,
}

/// What the text input of the tests says: 16 characters, of which one takes two bytes.
const TEXT: &str = "Stop at the café";

/// An app of Ada's with the text `text`, the picture `picture` and the concept `stop`.
async fn labelled_signs(bench: &Bench, ada: &Person) -> AppName {
    let app = street_signs(bench, ada).await;
    post_inputs(bench, ada, &app).await;
    let stop = NewConcept { slug: "stop".into(), ..NewConcept::default() };
    bench.service.post_concepts(&ada.who, &app, vec![stop]).await.unwrap();
    app
}

async fn post_inputs(bench: &Bench, owner: &Person, app: &AppName) {
    let contents = [("text", Content::Text(TEXT.into())), ("picture", Content::Image(png(8, 8).into()))];
    let inputs = contents
        .into_iter()
        .map(|(slug, content)| NewInput {
            slug: slug.into(),
            content,
            metadata: None,
            place: None,
            labels: Labels::default(),
            datasets: Vec::new(),
        })
        .collect();
    let input = PostInputs { inputs, ..PostInputs::default() };
    let posted = bench.service.post_inputs(&owner.who, app, input).await.unwrap();
    assert!(posted.inputs.iter().all(|input| input.is_ok()));
}

fn worker() -> ScopeSet {
    Preset::Worker.scopes()
}

fn label(concept: &str, value: f32) -> Label {
    Label { concept: concept.parse().unwrap(), value }
}

fn region(id: &str, shape: Shape) -> Region {
    Region { id: id.parse().unwrap(), shape, labels: vec![label("stop", 1.0)] }
}

fn of_whole(concept: &str) -> Labels {
    Labels { concepts: vec![label(concept, 1.0)], regions: Vec::new() }
}

fn of_part(region: Region) -> Labels {
    Labels { concepts: Vec::new(), regions: vec![region] }
}

fn new(slug: &str, input: &str, labels: Labels) -> NewAnnotation {
    NewAnnotation { slug: slug.into(), input: input.into(), labels, ..NewAnnotation::default() }
}

fn change(slug: &str, labels: Labels) -> PatchAnnotation {
    PatchAnnotation { slug: slug.into(), labels, ..PatchAnnotation::default() }
}

async fn post(bench: &Bench, who: &Who, app: &AppName, annotation: NewAnnotation) -> Result<AnnotationRow> {
    let rows = bench.service.post_annotations(who, app, vec![annotation]).await?;
    Ok(rows.into_iter().next().unwrap())
}

async fn patch(
    bench: &Bench,
    who: &Who,
    app: &AppName,
    action: PatchAction,
    annotation: PatchAnnotation,
) -> Result<AnnotationRow> {
    let rows = bench.service.patch_annotations(who, app, action, vec![annotation], false).await?;
    Ok(rows.into_iter().next().unwrap())
}

async fn delete(bench: &Bench, who: &Who, app: &AppName, slugs: &[&str], inputs: &[&str]) -> Result<u64> {
    let owned = |list: &[&str]| list.iter().map(|slug| (*slug).to_owned()).collect::<Vec<_>>();
    bench
        .service
        .delete_annotations(who, app, Endpoint::DeleteAnnotations, &owned(slugs), &owned(inputs))
        .await
}

/// The identifiers of what `filter` lets through, in alphabetical order.
async fn listed(bench: &Bench, who: &Who, app: &AppName, filter: AnnotationsFilter) -> Vec<String> {
    let rows = bench.service.list_annotations(who, app, &filter, 0, 100).await.unwrap();
    let mut slugs: Vec<String> = rows.into_iter().map(|row| row.slug).collect();
    slugs.sort();
    slugs
}

async fn all(bench: &Bench, who: &Who, app: &AppName) -> Vec<String> {
    listed(bench, who, app, AnnotationsFilter::default()).await
}

async fn a_worker_adds_and_changes_their_own_but_takes_nothing_away(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    let bo = join(&bench, &ada, &app, "bo", worker()).await;
    let span = region("first", Shape::Span { start: 0, end: 4 });
    let mine = post(&bench, &bo.who, &app, new("mine", "text", of_part(span.clone()))).await.unwrap();
    assert_eq!((mine.user_id, mine.input_slug.as_str()), (bo.id, "text"));
    assert_eq!(mine.status, status::SUCCESS);
    let both =
        patch(&bench, &bo.who, &app, PatchAction::Merge, change("mine", of_whole("stop"))).await.unwrap();
    assert_eq!((both.labels.concepts.len(), both.labels.regions.len()), (1, 1));

    let delete_scope = ScopeSet::of(&[Scope::AnnotationsDelete]);
    assert_eq!(forbidden(delete(&bench, &bo.who, &app, &["mine"], &[]).await.unwrap_err()).0, delete_scope);
    for action in [PatchAction::Remove, PatchAction::Overwrite] {
        let refused = patch(&bench, &bo.who, &app, action, change("mine", of_part(span.clone()))).await;
        assert_eq!(forbidden(refused.unwrap_err()).0, delete_scope, "{action:?}");
    }
    // Nor does an empty annotation go by a merge that would delete what is empty.
    post(&bench, &bo.who, &app, new("empty", "text", Labels::default())).await.unwrap();
    let nothing = vec![change("empty", Labels::default())];
    bench.service.patch_annotations(&bo.who, &app, PatchAction::Merge, nothing, true).await.unwrap();
    assert_eq!(all(&bench, &bo.who, &app).await, ["empty", "mine"]);
    let kept = bench.service.get_annotation(&bo.who, &app, "text", "mine").await.unwrap();
    assert_eq!(kept, both);
}

async fn nobody_but_the_owner_changes_anothers(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    let bo = join(&bench, &ada, &app, "bo", worker()).await;
    let cy = join(&bench, &ada, &app, "cy", ScopeSet::ALL).await;
    let before = post(&bench, &bo.who, &app, new("bos", "text", of_whole("stop"))).await.unwrap();
    for action in [PatchAction::Merge, PatchAction::Overwrite, PatchAction::Remove] {
        let refused = patch(&bench, &cy.who, &app, action, change("bos", of_whole("stop"))).await;
        let (missing, explanation) = forbidden(refused.unwrap_err());
        assert_eq!(missing, ScopeSet::EMPTY);
        assert!(explanation.ends_with("someone else's; Ada could change it"), "{explanation}");
    }
    assert_eq!(bench.service.get_annotation(&cy.who, &app, "text", "bos").await.unwrap(), before);
    let no = Labels { concepts: vec![label("stop", 0.0)], regions: Vec::new() };
    let after = patch(&bench, &ada.who, &app, PatchAction::Merge, change("bos", no.clone())).await.unwrap();
    assert_eq!((after.labels, after.user_id), (no, bo.id), "it stays Bo's");
}

async fn who_may_delete_removes_anothers_but_does_not_change_it(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    let bo = join(&bench, &ada, &app, "bo", worker()).await;
    let scopes = worker().union(closed(ScopeSet::of(&[Scope::AnnotationsDelete])));
    let cy = join(&bench, &ada, &app, "cy", scopes).await;
    post(&bench, &bo.who, &app, new("bos", "text", of_whole("stop"))).await.unwrap();
    let refused = patch(&bench, &cy.who, &app, PatchAction::Remove, change("bos", of_whole("stop"))).await;
    assert!(forbidden(refused.unwrap_err()).1.contains("someone else's"));
    assert_eq!(delete(&bench, &cy.who, &app, &["bos"], &[]).await, Ok(1));
    assert!(all(&bench, &bo.who, &app).await.is_empty());
    let filter = AuditFilter { action: Some("annotation.deleted".into()), ..AuditFilter::default() };
    let audit = bench.service.list_app_audit(&ada.who, &app, &filter, 50).await.unwrap();
    let entry = audit.entries.first().unwrap();
    assert_eq!((entry.actor_id, entry.subject_id, entry.subject.as_str()), (Some(cy.id), Some(bo.id), "bos"));
    let told = entry.before_state.as_ref().unwrap();
    assert_eq!(told[0]["id"], "bos");
    assert_eq!(told[0]["concepts"]["stop"], 1.0);
}

async fn an_unknown_concept_is_made_only_by_who_may_add_concepts(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    let bo = join(&bench, &ada, &app, "bo", worker()).await;
    let scopes = worker().union(closed(ScopeSet::of(&[Scope::ConceptsAdd])));
    let cy = join(&bench, &ada, &app, "cy", scopes).await;
    let yields = || new("", "text", of_whole("give way"));
    let (field, message) = invalid(post(&bench, &bo.who, &app, yields()).await.unwrap_err());
    assert_eq!(field, "annotations[0].concepts");
    assert!(message.contains("`give way`") && message.contains("Concepts_Add"), "{message}");
    post(&bench, &bo.who, &app, new("bos", "text", of_whole("stop"))).await.unwrap();
    let refused = patch(&bench, &bo.who, &app, PatchAction::Merge, change("bos", of_whole("give way"))).await;
    assert_eq!(invalid(refused.unwrap_err()).0, "annotations[0].concepts");
    assert_eq!(
        bench.service.get_concept(&ada.who, &app, "give way").await.unwrap_err(),
        Error::NotFound,
        "nothing was made by what was refused"
    );
    post(&bench, &cy.who, &app, yields()).await.unwrap();
    let made = bench.service.get_concept(&ada.who, &app, "give way").await.unwrap().value;
    assert_eq!((made.name.as_str(), made.language.as_str()), ("give way", "en"));
    // It is there now, and Bo may use it like any other.
    post(&bench, &bo.who, &app, yields()).await.unwrap();
}

async fn strangers_find_nothing(bench: Bench) {
    let (ada, eve) = (bench.person("ada").await, bench.person("eve").await);
    let app = labelled_signs(&bench, &ada).await;
    post(&bench, &ada.who, &app, new("hers", "text", of_whole("stop"))).await.unwrap();
    let (service, who) = (&bench.service, &eve.who);
    for app in [&app, &AppName::of("ada", "no-such-app")] {
        let filter = AnnotationsFilter::default();
        assert_eq!(service.list_annotations(who, app, &filter, 0, 10).await, Err(Error::NotFound));
        assert_eq!(service.get_annotation(who, app, "text", "hers").await, Err(Error::NotFound));
        let another = new("", "text", of_whole("stop"));
        assert_eq!(post(&bench, who, app, another).await, Err(Error::NotFound));
        let changed = patch(&bench, who, app, PatchAction::Merge, change("hers", of_whole("stop"))).await;
        assert_eq!(changed, Err(Error::NotFound));
        assert_eq!(delete(&bench, who, app, &["hers"], &[]).await, Err(Error::NotFound));
        assert_eq!(delete(&bench, who, app, &[], &[]).await, Err(Error::NotFound));
    }
    assert_eq!(all(&bench, &ada.who, &app).await, ["hers"]);
}

async fn another_apps_ids_are_out_of_reach(bench: Bench) {
    let (ada, eve) = (bench.person("ada").await, bench.person("eve").await);
    let app = labelled_signs(&bench, &ada).await;
    let hers = post(&bench, &ada.who, &app, new("hers", "text", of_whole("stop"))).await.unwrap();
    // Eve owns an app without any input: in it, Ada's identifiers are nothing.
    let empty = make_app(&bench, &eve, "empty").await;
    let another = new("", "text", of_whole("stop"));
    assert_eq!(post(&bench, &eve.who, &empty, another).await, Err(Error::NotFound));
    for action in [PatchAction::Merge, PatchAction::Overwrite, PatchAction::Remove] {
        let changed = patch(&bench, &eve.who, &empty, action, change("hers", of_whole("stop"))).await;
        assert_eq!(changed, Err(Error::NotFound));
    }
    assert_eq!(delete(&bench, &eve.who, &empty, &["hers"], &[]).await, Err(Error::NotFound));
    assert_eq!(delete(&bench, &eve.who, &empty, &[], &["text"]).await, Err(Error::NotFound));
    assert!(all(&bench, &eve.who, &empty).await.is_empty());
    // With inputs of the same names, each app has its own annotations, by the same identifiers too.
    post_inputs(&bench, &eve, &empty).await;
    post(&bench, &eve.who, &empty, new("hers", "text", of_whole("stop"))).await.unwrap();
    assert_eq!(delete(&bench, &eve.who, &empty, &[], &["text"]).await, Ok(1));
    assert_eq!(bench.service.get_annotation(&ada.who, &app, "text", "hers").await, Ok(hers));
}

async fn labels_that_do_not_fit_the_input_are_refused(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    let length = u32::try_from(TEXT.chars().count()).unwrap();
    let boxed = |top, bottom| Shape::Box { top, left: 0.0, bottom, right: 1.0 };
    let wrong = [
        ("text", Shape::Span { start: 0, end: length + 1 }, "text's end"),
        ("text", Shape::Span { start: 4, end: 4 }, "ends before it begins"),
        ("text", boxed(0.0, 1.0), "does not fit a text"),
        ("picture", boxed(0.75, 0.25), "no area"),
        ("picture", boxed(0.0, 1.5), "outside the picture"),
        ("picture", Shape::Point(Point { row: -0.5, col: 0.5 }), "outside the picture"),
        ("picture", Shape::Span { start: 0, end: 1 }, "does not fit an image"),
    ];
    for (input, shape, reason) in wrong {
        let labels = of_part(region("part", shape));
        let (field, message) =
            invalid(post(&bench, &ada.who, &app, new("", input, labels)).await.unwrap_err());
        assert_eq!(field, "annotations[0].labels");
        assert!(message.contains(reason), "{message}");
    }
    assert!(all(&bench, &ada.who, &app).await.is_empty());
    let whole = of_part(region("part", Shape::Span { start: 0, end: length }));
    post(&bench, &ada.who, &app, new("span", "text", whole)).await.unwrap();
    post(&bench, &ada.who, &app, new("box", "picture", of_part(region("part", boxed(0.25, 0.75)))))
        .await
        .unwrap();
    // What a patch makes of them is looked at as well.
    let beyond = of_part(region("part", Shape::Span { start: 0, end: length + 1 }));
    for action in [PatchAction::Merge, PatchAction::Overwrite] {
        let refused = patch(&bench, &ada.who, &app, action, change("span", beyond.clone())).await;
        assert_eq!(invalid(refused.unwrap_err()).0, "annotations[0].labels");
    }
}

async fn all_are_added_or_none(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    let good = || new("good", "text", of_whole("brand new"));
    let beyond = of_part(region("part", Shape::Span { start: 0, end: 99 }));
    let refused = bench.service.post_annotations(&ada.who, &app, vec![good(), new("", "text", beyond)]).await;
    assert_eq!(invalid(refused.unwrap_err()).0, "annotations[1].labels");
    let elsewhere = new("", "no-such-input", of_whole("stop"));
    let refused = bench.service.post_annotations(&ada.who, &app, vec![good(), elsewhere]).await;
    assert_eq!(refused, Err(Error::NotFound));
    assert!(all(&bench, &ada.who, &app).await.is_empty());
    assert!(bench.service.get_concept(&ada.who, &app, "brand new").await.is_err(), "nor was a concept made");
    let posted = vec![new("z", "text", of_whole("stop")), good(), new("a", "picture", of_whole("stop"))];
    let rows = bench.service.post_annotations(&ada.who, &app, posted).await.unwrap();
    let slugs: Vec<&str> = rows.iter().map(|row| row.slug.as_str()).collect();
    assert_eq!(slugs, ["z", "good", "a"], "they are answered in the order of the request");
}

async fn all_are_changed_or_none(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    let bo = join(&bench, &ada, &app, "bo", worker()).await;
    let mine = post(&bench, &bo.who, &app, new("mine", "text", Labels::default())).await.unwrap();
    post(&bench, &bo.who, &app, new("other", "text", Labels::default())).await.unwrap();
    post(&bench, &ada.who, &app, new("adas", "text", Labels::default())).await.unwrap();
    let good = || change("mine", of_whole("stop"));
    let beyond = change("other", of_part(region("part", Shape::Span { start: 0, end: 99 })));
    for (input, expected) in [
        (vec![good(), change("no-such-annotation", of_whole("stop"))], "NotFound"),
        (vec![good(), change("adas", of_whole("stop"))], "SomeoneElses"),
        (vec![good(), beyond], "Invalid"),
        (vec![good(), good()], "Invalid"),
    ] {
        let refused = bench.service.patch_annotations(&bo.who, &app, PatchAction::Merge, input, false).await;
        let refused = format!("{:?}", refused.unwrap_err());
        assert!(refused.starts_with(expected), "{refused}");
        assert_eq!(bench.service.get_annotation(&bo.who, &app, "text", "mine").await.as_ref(), Ok(&mine));
    }
    assert_eq!(
        delete(&bench, &ada.who, &app, &["mine", "no-such-annotation"], &[]).await,
        Err(Error::NotFound)
    );
    assert_eq!(all(&bench, &ada.who, &app).await, ["adas", "mine", "other"]);
}

async fn merging_goes_by_id(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    let span = |id: &str, start, end| region(id, Shape::Span { start, end });
    let before =
        Labels { concepts: vec![label("stop", 1.0)], regions: vec![span("a", 0, 4), span("b", 6, 10)] };
    post(&bench, &ada.who, &app, new("it", "text", before)).await.unwrap();
    bench.clock.advance(1_000_000);
    let merge = Labels {
        concepts: vec![label("stop", 0.25), label("cafe", 1.0)],
        regions: vec![span("b", 6, 9), span("c", 11, 16)],
    };
    let input = PatchAnnotation {
        info: Some(serde_json::json!({ "shift": 2 })),
        status: Some(status::AWAITING_REVIEW),
        ..change("it", merge)
    };
    let after = patch(&bench, &ada.who, &app, PatchAction::Merge, input).await.unwrap();
    let expected = Labels {
        concepts: vec![label("stop", 0.25), label("cafe", 1.0)],
        regions: vec![span("a", 0, 4), span("b", 6, 9), span("c", 11, 16)],
    };
    assert_eq!(after.labels, expected);
    assert_eq!((after.status, after.changed_at), (status::AWAITING_REVIEW, bench.now()));
    let stored = bench.service.get_annotation(&ada.who, &app, "text", "it").await.unwrap();
    assert_eq!(stored, after, "what is answered is what is stored");
}

async fn what_changed_since_it_was_seen_is_not_changed(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    let first = post(&bench, &ada.who, &app, new("it", "text", of_whole("stop"))).await.unwrap();
    let span = |end| of_part(region("a", Shape::Span { start: 0, end }));
    let by = |seen, end| PatchAnnotation { seen: Some(seen), ..change("it", span(end)) };
    bench.clock.advance(1_000_000);
    let second = patch(&bench, &ada.who, &app, PatchAction::Merge, by(first.changed_at, 4)).await.unwrap();
    bench.clock.advance(1_000_000);
    for action in [PatchAction::Merge, PatchAction::Overwrite, PatchAction::Remove] {
        let late = patch(&bench, &ada.who, &app, action, by(first.changed_at, 7)).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{action:?}: {late:?}");
    }
    let stored = bench.service.get_annotation(&ada.who, &app, "text", "it").await.unwrap();
    assert_eq!(stored, second);
}

async fn overwriting_and_removing_are_audited(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    post(&bench, &ada.who, &app, new("it", "text", of_whole("stop"))).await.unwrap();
    patch(&bench, &ada.who, &app, PatchAction::Merge, change("it", of_whole("go"))).await.unwrap();
    let filter = AuditFilter { action: Some("annotation".into()), ..AuditFilter::default() };
    let entries = async || bench.service.list_app_audit(&ada.who, &app, &filter, 50).await.unwrap().entries;
    assert!(entries().await.is_empty(), "a merge takes nothing away");
    let rest =
        patch(&bench, &ada.who, &app, PatchAction::Remove, change("it", of_whole("stop"))).await.unwrap();
    assert_eq!(rest.labels, of_whole("go"));
    bench.clock.advance(1_000);
    let other = patch(&bench, &ada.who, &app, PatchAction::Overwrite, change("it", of_whole("stop"))).await;
    assert_eq!(other.unwrap().labels, of_whole("stop"));
    let entries = entries().await;
    let told = |state: &Option<serde_json::Value>| state.as_ref().unwrap()[0]["concepts"].clone();
    let steps: Vec<_> = entries
        .iter()
        .rev()
        .map(|entry| (entry.action.as_str(), told(&entry.before_state), told(&entry.after_state)))
        .collect();
    let concepts =
        |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), 1.0)).collect::<serde_json::Value>();
    assert_eq!(
        steps,
        [
            ("annotation.overwritten", concepts(&["go", "stop"]), concepts(&["go"])),
            ("annotation.overwritten", concepts(&["go"]), concepts(&["stop"])),
        ]
    );
}

async fn what_a_patch_leaves_empty_goes_if_asked(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    let posted = ["a", "b"].map(|slug| new(slug, "text", of_whole("stop"))).to_vec();
    bench.service.post_annotations(&ada.who, &app, posted).await.unwrap();
    let kept =
        patch(&bench, &ada.who, &app, PatchAction::Remove, change("a", of_whole("stop"))).await.unwrap();
    assert!(kept.labels.is_empty());
    let input = vec![change("b", of_whole("stop"))];
    let left =
        bench.service.patch_annotations(&ada.who, &app, PatchAction::Remove, input, true).await.unwrap();
    assert!(left.is_empty());
    assert_eq!(all(&bench, &ada.who, &app).await, ["a"]);
    let filter = AuditFilter { action: Some("annotation.deleted".into()), ..AuditFilter::default() };
    let audit = bench.service.list_app_audit(&ada.who, &app, &filter, 50).await.unwrap();
    let subjects: Vec<&str> = audit.entries.iter().map(|entry| entry.subject.as_str()).collect();
    assert_eq!(subjects, ["b"]);
}

async fn listing_filters(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    let bo = join(&bench, &ada, &app, "bo", worker()).await;
    let pending = NewAnnotation { status: Some(status::PENDING), ..new("p", "picture", of_whole("stop")) };
    for (who, annotation) in [
        (&ada.who, new("a", "text", of_whole("stop"))),
        (&bo.who, new("b", "text", of_whole("stop"))),
        (&bo.who, pending),
    ] {
        post(&bench, who, &app, annotation).await.unwrap();
        bench.clock.advance(1_000);
    }
    let some = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let none = AnnotationsFilter::default;
    for (filter, expected) in [
        (none(), vec!["a", "b", "p"]),
        (AnnotationsFilter { slugs: some(&["p", "a", "x"]), ..none() }, vec!["a", "p"]),
        (AnnotationsFilter { inputs: some(&["text"]), ..none() }, vec!["a", "b"]),
        (AnnotationsFilter { authors: some(&["bo"]), ..none() }, vec!["b", "p"]),
        (AnnotationsFilter { statuses: vec![status::PENDING], ..none() }, vec!["p"]),
        (AnnotationsFilter { inputs: some(&["text"]), authors: some(&["bo"]), ..none() }, vec!["b"]),
        (AnnotationsFilter { slugs: some(&["a"]), inputs: some(&["picture"]), ..none() }, vec![]),
    ] {
        assert_eq!(listed(&bench, &bo.who, &app, filter.clone()).await, expected, "{filter:?}");
    }
    // Page by page, the oldest first, until there is nothing more.
    for (skip, expected) in [(0, vec!["a", "b"]), (2, vec!["p"]), (3, vec![])] {
        let page = bench.service.list_annotations(&bo.who, &app, &none(), skip, 2).await.unwrap();
        let slugs: Vec<&str> = page.iter().map(|row| row.slug.as_str()).collect();
        assert_eq!(slugs, expected);
    }
}

async fn of_inputs_all_are_deleted_and_of_nothing_none(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    let posted = [("a", "text"), ("b", "text"), ("c", "picture")]
        .map(|(slug, input)| new(slug, input, of_whole("stop")));
    bench.service.post_annotations(&ada.who, &app, posted.to_vec()).await.unwrap();
    assert_eq!(delete(&bench, &ada.who, &app, &[], &[]).await, Ok(0));
    assert_eq!(all(&bench, &ada.who, &app).await, ["a", "b", "c"]);
    assert_eq!(delete(&bench, &ada.who, &app, &[], &["text", "no-such-input"]).await, Err(Error::NotFound));
    assert_eq!(delete(&bench, &ada.who, &app, &[], &["text"]).await, Ok(2));
    assert_eq!(all(&bench, &ada.who, &app).await, ["c"]);
}

async fn an_annotation_is_deleted_only_under_its_own_input(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    post(&bench, &ada.who, &app, new("it", "text", of_whole("stop"))).await.unwrap();
    let found = bench.service.get_annotation(&ada.who, &app, "picture", "it").await;
    assert_eq!(found, Err(Error::NotFound));
    assert_eq!(delete(&bench, &ada.who, &app, &["it"], &["picture"]).await, Err(Error::NotFound));
    assert_eq!(delete(&bench, &ada.who, &app, &["it", "it"], &["text"]).await, Ok(1));
    assert_eq!(delete(&bench, &ada.who, &app, &["it"], &["text"]).await, Err(Error::NotFound), "once");
}

async fn taken_ids_are_told(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    post(&bench, &ada.who, &app, new("it", "text", of_whole("stop"))).await.unwrap();
    let again = post(&bench, &ada.who, &app, new("it", "picture", of_whole("stop"))).await;
    assert!(matches!(again, Err(Error::Taken(text)) if text.contains("`it`")));
    let (field, _) =
        invalid(post(&bench, &ada.who, &app, new("a/b", "text", Labels::default())).await.unwrap_err());
    assert_eq!(field, "annotations[0].id");
    // Without an identifier each gets one of its own.
    for _ in 0..2 {
        post(&bench, &ada.who, &app, new("", "text", Labels::default())).await.unwrap();
    }
    assert_eq!(all(&bench, &ada.who, &app).await.len(), 3);
}

async fn a_collaborator_does_not_review_themselves(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    let bo = join(&bench, &ada, &app, "bo", worker()).await;
    let waiting =
        NewAnnotation { status: Some(status::AWAITING_REVIEW), ..new("bos", "text", of_whole("stop")) };
    post(&bench, &bo.who, &app, waiting).await.unwrap();
    let stand = |number| PatchAnnotation { status: Some(number), ..change("bos", Labels::default()) };
    let denied = patch(&bench, &bo.who, &app, PatchAction::Merge, stand(status::REVIEW_DENIED)).await;
    assert!(forbidden(denied.unwrap_err()).1.contains("owner"));
    let unknown = patch(&bench, &bo.who, &app, PatchAction::Merge, stand(24_152)).await;
    assert_eq!(invalid(unknown.unwrap_err()).0, "annotations[0].status");
    let denied =
        patch(&bench, &ada.who, &app, PatchAction::Merge, stand(status::REVIEW_DENIED)).await.unwrap();
    assert_eq!((denied.status, denied.labels), (status::REVIEW_DENIED, of_whole("stop")));
}

async fn an_app_key_acts_as_the_owner_within_its_scopes(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    let bo = join(&bench, &ada, &app, "bo", worker()).await;
    post(&bench, &bo.who, &app, new("bos", "text", of_whole("stop"))).await.unwrap();
    let input = CreateKey {
        description: "The robot at the gate".into(),
        scopes: ScopeSet::of(&[Scope::AnnotationsAdd]),
        app: Some(app.clone()),
        is_app_key: true,
        ..CreateKey::default()
    };
    let key = bench.service.create_key(&ada.who, &input).await.unwrap();
    let key = with_key(key.secret.expose());
    let posted = post(&bench, &key, &app, new("keys", "text", of_whole("stop"))).await.unwrap();
    assert_eq!(posted.user_id, ada.id);
    let no = Labels { concepts: vec![label("stop", 0.0)], regions: Vec::new() };
    patch(&bench, &key, &app, PatchAction::Merge, change("bos", no)).await.unwrap();
    // Ada may delete and add concepts; her key may not.
    let refused = delete(&bench, &key, &app, &["keys"], &[]).await.unwrap_err();
    assert_eq!(forbidden(refused).0, ScopeSet::of(&[Scope::AnnotationsDelete]));
    let refused = post(&bench, &key, &app, new("", "text", of_whole("give way"))).await.unwrap_err();
    assert_eq!(invalid(refused).0, "annotations[0].concepts");
}

async fn annotations_go_with_their_input(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = labelled_signs(&bench, &ada).await;
    let posted = [("a", "text"), ("b", "picture")].map(|(slug, input)| new(slug, input, of_whole("stop")));
    bench.service.post_annotations(&ada.who, &app, posted.to_vec()).await.unwrap();
    bench.service.delete_inputs(&ada.who, &app, Endpoint::DeleteInputs, &["text".to_owned()]).await.unwrap();
    assert_eq!(all(&bench, &ada.who, &app).await, ["b"]);
    let counts = bench.service.concept_counts(&ada.who, &app, 0, 10).await.unwrap();
    assert_eq!(counts.iter().map(|row| row.present).collect::<Vec<_>>(), [1]);
}
