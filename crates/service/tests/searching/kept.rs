//! Searches that are kept, and who may do what with them.

use atelier_service::audit::AuditFilter;
use serde_json::json;

use super::*;
use atelier_service::search::COUNTED;

on_both_databases! {
    a_search_is_kept_used_changed_and_deleted,
    each_act_needs_its_scope,
    what_is_in_datasets_is_for_those_who_may_see_them,
    what_is_too_large_is_refused,
}

fn new(slug: &str, filter: &str) -> NewSearch {
    NewSearch { slug: slug.into(), name: String::new(), subject: Subject::Inputs, query: query(filter) }
}

async fn keep(bench: &Bench, who: &Who, app: &AppName, search: &NewSearch) -> Result<SearchRow> {
    let endpoint = match search.subject {
        Subject::Inputs => Endpoint::PostInputsSearches,
        Subject::Annotations => Endpoint::PostAnnotationsSearches,
    };
    bench.service.keep_search(who, app, endpoint, search).await.map(|kept| kept.value)
}

/// What is found by a search that is kept.
async fn ids(bench: &Bench, who: &Who, app: &AppName, slug: &str) -> Result<Vec<String>> {
    use atelier_service::search::Finds;
    let found = bench.service.search_by_id(who, app, slug, first(100)).await?.value;
    Ok(match found.finds {
        Finds::Inputs(page) => page.rows.into_iter().map(|row| row.input.slug).collect(),
        Finds::Annotations(page) => page.rows.into_iter().map(|row| row.input_slug).collect(),
    })
}

fn lacks(error: &Error, scope: Scope) -> bool {
    matches!(error, Error::Forbidden { missing, .. } if missing.contains(scope))
}

async fn a_search_is_kept_used_changed_and_deleted(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let mine = NewInput { labels: said("stop", 1.0), ..text("a", "red") };
    add(&bench, &ada.who, &app, vec![mine, text("b", "red"), text("c", "green")]).await;
    let red = NewSearch { name: "All red".into(), ..new("", "text(red)") };
    let kept = keep(&bench, &ada.who, &app, &red).await.unwrap();
    assert_eq!((kept.slug.as_str(), kept.name.as_str()), ("all-red", "All red"));
    assert_eq!(ids(&bench, &ada.who, &app, "all-red").await.unwrap(), ["b", "a"]);
    let taken = keep(&bench, &ada.who, &app, &new("all-red", "all()")).await;
    assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");
    let of_annotations =
        NewSearch { subject: Subject::Annotations, ..new("said", "said(concept:stop,by:ada)") };
    keep(&bench, &ada.who, &app, &of_annotations).await.unwrap();
    assert_eq!(ids(&bench, &ada.who, &app, "said").await.unwrap(), ["a"]);

    let patch = async |endpoint, slug: &str| {
        let oldest = Query { oldest_first: true, ..query("not(text(green))") };
        let change = PatchSearch { slug: slug.into(), name: Some("Not green".into()), query: Some(oldest) };
        bench.service.patch_searches(&ada.who, &app, endpoint, vec![change]).await
    };
    let changed = patch(Endpoint::PatchInputsSearches, "all-red").await.unwrap().value;
    assert_eq!(changed[0].name, "Not green");
    assert_eq!(ids(&bench, &ada.who, &app, "all-red").await.unwrap(), ["a", "b"]);
    let of_others = patch(Endpoint::PatchInputsSearches, "said").await;
    assert_eq!(of_others.unwrap_err(), Error::NotFound, "it searches annotations");
    assert!(patch(Endpoint::PatchSearches, "said").await.is_ok());
    let filter = AuditFilter { action: Some("search.changed".into()), ..AuditFilter::default() };
    let told = bench.service.list_app_audit(&ada.who, &app, &filter, 10).await.unwrap().entries;
    let before: Vec<_> = told.into_iter().filter_map(|entry| entry.before_state).collect();
    assert_eq!(before.len(), 2, "whoever changes what others keep takes that away");
    assert_eq!((&before[1]["name"], &before[1]["filter"]), (&json!("All red"), &json!("text(red)")));

    let list = async |subject| {
        let listed = bench.service.list_searches(&ada.who, &app, subject, 0, 10).await.unwrap().value;
        listed.into_iter().map(|row| row.slug).collect::<Vec<_>>()
    };
    assert_eq!(list(None).await, ["all-red", "said"]);
    assert_eq!(list(Some(Subject::Annotations)).await, ["said"]);
    bench.service.delete_search(&ada.who, &app, "said").await.unwrap();
    assert_eq!(bench.service.delete_search(&ada.who, &app, "said").await, Err(Error::NotFound));
    assert_eq!(list(None).await, ["all-red"]);
    assert_eq!(ids(&bench, &ada.who, &app, "said").await, Err(Error::NotFound));
}

async fn each_act_needs_its_scope(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, vec![text("a", "red")]).await;
    let reads = [Scope::ModelsGet, Scope::WorkflowsGet, Scope::AnnotationsGet, Scope::ConceptsGet];
    let reading = ScopeSet::of(&reads).with(Scope::InputsGet);
    let may = async |name: &str, more: Scope| {
        join(&bench, &ada, &app, name, closed(reading.with(Scope::Search).with(more))).await
    };
    let sees = join(&bench, &ada, &app, "bo", closed(reading)).await;
    let refused = found(&bench, &sees.who, &app, &query("all()")).await.unwrap_err();
    assert!(lacks(&refused, Scope::Search), "{refused}");
    let searches = may("cy", Scope::Search).await;
    assert_eq!(found(&bench, &searches.who, &app, &query("all()")).await.unwrap(), ["a"]);
    let refused = keep(&bench, &searches.who, &app, &new("red", "text(red)")).await.unwrap_err();
    assert!(lacks(&refused, Scope::SavedSearchAdd), "{refused}");
    let keeps = may("di", Scope::SavedSearchAdd).await;
    keep(&bench, &keeps.who, &app, &new("red", "text(red)")).await.unwrap();
    let refused = bench.service.delete_search(&keeps.who, &app, "red").await.unwrap_err();
    assert!(lacks(&refused, Scope::SavedSearchDelete), "{refused}");
    let refused = ids(&bench, &searches.who, &app, "red").await.unwrap_err();
    assert!(lacks(&refused, Scope::SavedSearchGet), "{refused}");
    let uses = may("fay", Scope::SavedSearchGet).await;
    assert_eq!(ids(&bench, &uses.who, &app, "red").await.unwrap(), ["a"]);
    let eve = bench.person("eve").await;
    assert_eq!(ids(&bench, &eve.who, &app, "red").await, Err(Error::NotFound));
    assert_eq!(found(&bench, &eve.who, &app, &query("all()")).await, Err(Error::NotFound));
}

async fn what_is_in_datasets_is_for_those_who_may_see_them(bench: Bench) {
    use atelier_service::datasets::NewDataset;
    let ada: Person = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let dataset = NewDataset { slug: "harbour".into(), ..NewDataset::default() };
    bench.service.post_datasets(&ada.who, &app, vec![dataset]).await.unwrap();
    let put = NewInput { datasets: vec!["harbour".into()], ..text("a", "red") };
    add(&bench, &ada.who, &app, vec![put]).await;
    let filter = query("not(dataset(harbour))");
    assert_eq!(found(&bench, &ada.who, &app, &query("dataset(harbour)")).await.unwrap(), ["a"]);
    keep(&bench, &ada.who, &app, &NewSearch { query: filter.clone(), ..new("elsewhere", "all()") })
        .await
        .unwrap();
    let scopes = ScopeSet::of(&[
        Scope::Search,
        Scope::InputsGet,
        Scope::AnnotationsGet,
        Scope::ConceptsGet,
        Scope::ModelsGet,
        Scope::WorkflowsGet,
        Scope::SavedSearchGet,
        Scope::SavedSearchAdd,
    ]);
    let bo = join(&bench, &ada, &app, "bo", closed(scopes)).await;
    keep(&bench, &bo.who, &app, &new("own", "all()")).await.unwrap();
    let change = PatchSearch { slug: "own".into(), query: Some(filter.clone()), ..PatchSearch::default() };
    let patched = bench.service.patch_searches(&bo.who, &app, Endpoint::PatchSearches, vec![change]).await;
    for refused in [
        patched.unwrap_err(),
        found(&bench, &bo.who, &app, &filter).await.unwrap_err(),
        ids(&bench, &bo.who, &app, "elsewhere").await.unwrap_err(),
        bench.service.count_found_inputs(&bo.who, &app, &filter, COUNTED).await.unwrap_err(),
    ] {
        assert!(lacks(&refused, Scope::DatasetsGet), "{refused}");
    }
    let cy = join(&bench, &ada, &app, "cy", closed(scopes.with(Scope::DatasetsGet))).await;
    assert!(ids(&bench, &cy.who, &app, "elsewhere").await.unwrap().is_empty());
}

async fn what_is_too_large_is_refused(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let deep = (0..20).fold(Filter::default(), |inner, _| Filter::Not(Box::new(inner)));
    let query = Query { filter: deep, oldest_first: false };
    let refused = found(&bench, &ada.who, &app, &query).await.unwrap_err();
    assert!(refused.to_string().contains("levels deep"), "{refused}");
    let kept = keep(&bench, &ada.who, &app, &NewSearch { query, ..new("deep", "all()") }).await;
    assert!(kept.is_err());
}
