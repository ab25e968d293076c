//! Versions: what was frozen stays as it was.

use super::*;

on_both_databases! {
    a_version_holds_what_there_was_and_what_was_said_of_it,
    a_version_stays_as_it_was_whatever_becomes_of_the_rest,
    a_version_is_divided_by_its_seed,
    what_cannot_divide_a_version_is_refused_where_it_stands,
    a_version_is_made_once,
    a_patch_changes_what_is_kept_with_a_version,
    versions_are_listed_the_newest_first_and_deleted_by_themselves,
}

/// Says something of an input, by an annotation of this identifier.
async fn say(bench: &Bench, who: &Who, app: &AppName, slug: &str, input: &str, standing: i64) {
    let new = NewAnnotation {
        slug: slug.into(),
        input: input.into(),
        labels: said("stop", 1.0),
        info: Some(json!({ "seconds": 3 })),
        status: Some(standing),
        ..NewAnnotation::default()
    };
    bench.service.post_annotations(who, app, vec![new]).await.unwrap();
    bench.clock.advance(1_000);
}

fn split() -> Value {
    json!({ "seed": 7, "train": 0.6, "valid": 0.2, "test": 0.2 })
}

async fn a_version_holds_what_there_was_and_what_was_said_of_it(bench: Bench) {
    let (ada, app) = app_with(&bench, &["silent"], &["town"]).await;
    let place = Some(Place::new(-33.868_8, 151.209_3).unwrap());
    let sign = NewInput { metadata: Some(json!({ "walk": 1 })), place, ..text("sign") };
    add(&bench, &ada.who, &app, sign).await.unwrap();
    add(&bench, &ada.who, &app, text("outside")).await.unwrap();
    put(&bench, &ada.who, &app, "town", &["sign"]).await.unwrap();
    put(&bench, &ada.who, &app, "town", &["silent"]).await.unwrap();
    say(&bench, &ada.who, &app, "first", "sign", status::SUCCESS).await;
    let at = bench.now();
    say(&bench, &ada.who, &app, "draft", "sign", status::PENDING).await;
    let new = NewVersion { description: "As it was in spring".into(), ..version("") };
    let made = freeze(&bench, &ada.who, &app, "town", new).await.unwrap();
    assert_eq!((made.dataset.as_str(), made.description.as_str()), ("town", "As it was in spring"));
    assert_eq!((made.inputs, made.unlabelled, made.train, made.test), (2, 1, None, None));
    assert_eq!(made.slug.len(), 32);
    assert!(made.slug.bytes().all(|byte| byte.is_ascii_hexdigit()), "{}", made.slug);
    assert_eq!(
        bench.service.get_dataset_version(&ada.who, &app, "town", &made.slug).await.unwrap().value,
        made
    );

    let rows = frozen(&bench, &ada.who, &app, ("town", &made.slug)).await;
    let [sign, silent] = rows.as_slice() else { panic!("{rows:?}") };
    let input = bench.service.get_input(&ada.who, &app, "sign").await.unwrap();
    assert_eq!((sign.position, sign.input_id, sign.slug.as_str()), (1, input.id, "sign"));
    assert_eq!((sign.kind, sign.size, sign.part), (input.kind, input.size, None));
    assert_eq!((sign.media_type.as_deref(), sign.sha256.len()), (Some("text/plain"), 32));
    assert_eq!((&sign.metadata, sign.place()), (&Some(json!({ "walk": 1 })), place));
    let ids: Vec<(&str, i64)> = sign.said.iter().map(|said| (said.id.as_str(), said.status)).collect();
    assert_eq!(ids, [("first", status::SUCCESS), ("draft", status::PENDING)]);
    let expected = FrozenAnnotation {
        id: "draft".into(),
        author: "ada".into(),
        status: status::PENDING,
        labels: said("stop", 1.0),
        info: Some(json!({ "seconds": 3 })),
        changed_at: at,
    };
    assert_eq!(sign.said[1], expected);
    assert_eq!((silent.position, silent.slug.as_str()), (2, "silent"));
    assert!(silent.said.is_empty() && silent.place().is_none(), "{silent:?}");
}

async fn a_version_stays_as_it_was_whatever_becomes_of_the_rest(bench: Bench) {
    let (ada, app) = app_with(&bench, &["gone", "changed", "taken", "added"], &["town"]).await;
    put(&bench, &ada.who, &app, "town", &["gone", "changed", "taken"]).await.unwrap();
    for input in ["gone", "changed", "taken"] {
        say(&bench, &ada.who, &app, &format!("of-{input}"), input, status::SUCCESS).await;
    }
    let new = NewVersion { metadata: Some(json!({ "split": split() })), ..version("spring") };
    let made = freeze(&bench, &ada.who, &app, "town", new).await.unwrap();
    let before = frozen(&bench, &ada.who, &app, ("town", "spring")).await;
    assert_eq!(before.len(), 3);

    let (service, who) = (&bench.service, &ada.who);
    let endpoint = Endpoint::DeleteInputs;
    service.delete_inputs(who, &app, endpoint, &strings(&["gone"])).await.unwrap();
    let change = PatchInput {
        slug: "changed".into(),
        metadata: Some(json!({ "walk": 2 })),
        place: Some(Place::new(52.52, 13.405).unwrap()),
        ..PatchInput::default()
    };
    service.patch_inputs(who, &app, PatchAction::Merge, vec![change]).await.unwrap();
    let other = PatchAnnotation {
        slug: "of-changed".into(),
        labels: said("give-way", 1.0),
        status: Some(status::REVIEW_DENIED),
        ..PatchAnnotation::default()
    };
    service.patch_annotations(who, &app, PatchAction::Overwrite, vec![other], false).await.unwrap();
    let endpoint = Endpoint::DeleteAnnotations;
    service.delete_annotations(who, &app, endpoint, &strings(&["of-taken"]), &[]).await.unwrap();
    service.delete_dataset_inputs(who, &app, "town", &strings(&["taken"])).await.unwrap();
    put(&bench, who, &app, "town", &["added"]).await.unwrap();
    assert_eq!(frozen(&bench, who, &app, ("town", "spring")).await, before);
    // What is made now is of what there is now.
    let now = freeze(&bench, who, &app, "town", version("summer")).await.unwrap();
    assert_eq!((now.inputs, now.unlabelled), (2, 1));
    let now = frozen(&bench, who, &app, ("town", "summer")).await;
    assert_eq!(now.iter().map(|row| row.slug.as_str()).collect::<Vec<_>>(), ["changed", "added"]);
    assert_eq!(now[0].said[0].labels, said("give-way", 1.0));
    assert_eq!(now[0].place(), Some(Place::new(52.52, 13.405).unwrap()));

    service.delete_datasets(who, &app, &strings(&["town"])).await.unwrap();
    assert_eq!(frozen(&bench, who, &app, ("town", "spring")).await, before);
    assert_eq!(service.get_dataset_version(who, &app, "town", "spring").await.unwrap().value, made);
    // Nor does it come to one that is made anew.
    make(&bench, who, &app, "town").await.unwrap();
    put(&bench, who, &app, "town", &["added"]).await.unwrap();
    assert_eq!(frozen(&bench, who, &app, ("town", "spring")).await, before);
}

async fn a_version_is_divided_by_its_seed(bench: Bench) {
    let names: Vec<String> = (0..40).map(|number| format!("note-{number}")).collect();
    let slugs: Vec<&str> = names.iter().map(String::as_str).collect();
    let (ada, app) = app_with(&bench, &slugs, &["town"]).await;
    put(&bench, &ada.who, &app, "town", &slugs[..30]).await.unwrap();
    let divided = |slug: &str| NewVersion { metadata: Some(json!({ "split": split() })), ..version(slug) };
    let first = freeze(&bench, &ada.who, &app, "town", divided("first")).await.unwrap();
    put(&bench, &ada.who, &app, "town", &slugs[30..]).await.unwrap();
    freeze(&bench, &ada.who, &app, "town", divided("second")).await.unwrap();

    let by_hand = Split::new(7, 0.6, 0.2, 0.2).unwrap();
    let mut counts = [0_i64; 3];
    let rows = frozen(&bench, &ada.who, &app, ("town", "first")).await;
    for row in &rows {
        let part = by_hand.part(&row.slug);
        assert_eq!(row.part, Some(part), "{}", row.slug);
        counts[Part::ALL.iter().position(|other| *other == part).unwrap()] += 1;
    }
    assert_eq!([first.train, first.valid, first.test], counts.map(Some));
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    // Whatever came in between, each is where it was.
    let again = frozen(&bench, &ada.who, &app, ("town", "second")).await;
    assert_eq!(again.len(), 40);
    for row in &rows {
        let later = again.iter().find(|later| later.slug == row.slug).unwrap();
        assert_eq!(later.part, row.part, "{}", row.slug);
    }
    let tested = bench
        .service
        .list_dataset_version_inputs(&ada.who, &app, ("town", "first"), Some(Part::Test), 0, 100)
        .await
        .unwrap();
    let expected: Vec<&FrozenInputRow> = rows.iter().filter(|row| row.part == Some(Part::Test)).collect();
    assert_eq!(tested.iter().collect::<Vec<_>>(), expected);
    // By pages that begin after the last one seen.
    let (mut seen, mut after) = (Vec::new(), 0);
    loop {
        let page = bench
            .service
            .list_dataset_version_inputs(&ada.who, &app, ("town", "first"), None, after, 7)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        after = last.position;
        seen.extend(page);
    }
    assert_eq!(seen, rows);
}

async fn what_cannot_divide_a_version_is_refused_where_it_stands(bench: Bench) {
    let (ada, app) = app_with(&bench, &["one"], &["town"]).await;
    for (metadata, field, words) in [
        (json!({ "split": { "train": 1 } }), "metadata.split", "a `seed`"),
        (json!({ "split": { "seed": 1, "train": 0.5 } }), "metadata.split", "come to 0.5"),
        (json!(["no", "object"]), "metadata", "a JSON object"),
    ] {
        let new = NewVersion { metadata: Some(metadata), ..version("") };
        let input = vec![version("fine"), new];
        let refused = bench.service.post_dataset_versions(&ada.who, &app, "town", input).await;
        let (found, message) = invalid(refused.unwrap_err());
        assert_eq!(found, format!("dataset_versions[1].{field}"));
        assert!(message.contains(words), "{message}");
    }
    let refused = freeze(&bench, &ada.who, &app, "town", version("a/b")).await;
    assert_eq!(invalid(refused.unwrap_err()).0, "dataset_versions[0].id");
    let many = (0..=VERSIONS).map(|number| version(&number.to_string())).collect();
    let refused = bench.service.post_dataset_versions(&ada.who, &app, "town", many).await;
    assert_eq!(invalid(refused.unwrap_err()).0, "dataset_versions");
    let none = bench.service.list_dataset_versions(&ada.who, &app, "town", 0, 10).await.unwrap();
    assert_eq!(none.value, [], "all or none");
}

async fn a_version_is_made_once(bench: Bench) {
    let (ada, app) = app_with(&bench, &["one"], &["town", "coast"]).await;
    freeze(&bench, &ada.who, &app, "town", version("spring")).await.unwrap();
    put(&bench, &ada.who, &app, "town", &["one"]).await.unwrap();
    let Error::Taken(text) = freeze(&bench, &ada.who, &app, "town", version("spring")).await.unwrap_err()
    else {
        panic!("it is taken");
    };
    assert!(text.starts_with("duplicate version `spring`"), "{text}");
    assert_eq!(frozen(&bench, &ada.who, &app, ("town", "spring")).await, []);
    // Each dataset has its own.
    freeze(&bench, &ada.who, &app, "coast", version("spring")).await.unwrap();
    let none = freeze(&bench, &ada.who, &app, "hills", version("spring")).await;
    assert_eq!(none, Err(Error::NotFound));
}

async fn a_patch_changes_what_is_kept_with_a_version(bench: Bench) {
    let (ada, app) = app_with(&bench, &["one"], &["town"]).await;
    put(&bench, &ada.who, &app, "town", &["one"]).await.unwrap();
    let new = NewVersion { metadata: Some(json!({ "split": split(), "walks": 3 })), ..version("spring") };
    let before = freeze(&bench, &ada.who, &app, "town", new).await.unwrap();
    freeze(&bench, &ada.who, &app, "town", version("whole")).await.unwrap();
    let patch = async |slug: &str, action, description: Option<&str>, metadata: Option<Value>| {
        let change =
            PatchVersion { slug: slug.into(), description: description.map(str::to_owned), metadata };
        let input = vec![change];
        let patched = bench.service.patch_dataset_versions(&ada.who, &app, "town", action, input).await;
        patched.map(|patched| patched.value[0].clone())
    };
    let merged = json!({ "walks": 4 });
    let after = patch("spring", PatchAction::Merge, Some("Spring"), Some(merged)).await.unwrap();
    let expected = VersionRow {
        description: "Spring".into(),
        metadata: Some(json!({ "split": split(), "walks": 4 })),
        changed_at: bench.now(),
        ..before
    };
    assert_eq!(after, expected);
    let read = bench.service.get_dataset_version(&ada.who, &app, "town", "spring").await.unwrap().value;
    assert_eq!(read, expected);
    // It was divided by this, and stays so; one that was not is not divided afterwards.
    for (slug, action, metadata) in [
        ("spring", PatchAction::Merge, json!({ "split": { "seed": 8 } })),
        ("spring", PatchAction::Overwrite, json!({ "walks": 5 })),
        ("whole", PatchAction::Merge, json!({ "split": split() })),
    ] {
        let refused = patch(slug, action, None, Some(metadata)).await.unwrap_err();
        assert_eq!(invalid(refused).0, "dataset_versions[0].metadata.split");
    }
    let same = json!({ "split": split() });
    let after = patch("spring", PatchAction::Overwrite, None, Some(same.clone())).await.unwrap();
    assert_eq!(after.metadata, Some(same));
    assert_eq!(patch("autumn", PatchAction::Merge, Some("Autumn"), None).await, Err(Error::NotFound));
    let removal = patch("spring", PatchAction::Remove, None, None).await.unwrap_err();
    assert_eq!(invalid(removal).0, "action");
}

async fn versions_are_listed_the_newest_first_and_deleted_by_themselves(bench: Bench) {
    let (ada, app) = app_with(&bench, &["one"], &["town", "coast"]).await;
    put(&bench, &ada.who, &app, "town", &["one"]).await.unwrap();
    for slug in ["spring", "summer", "autumn"] {
        freeze(&bench, &ada.who, &app, "town", version(slug)).await.unwrap();
    }
    freeze(&bench, &ada.who, &app, "coast", version("spring")).await.unwrap();
    let listed = async |dataset: &str, skip| {
        let rows = bench.service.list_dataset_versions(&ada.who, &app, dataset, skip, 2).await?.value;
        Ok::<_, Error>(rows.into_iter().map(|row| row.slug).collect::<Vec<_>>())
    };
    let delete = async |dataset: &str, slugs: &[&str]| {
        bench.service.delete_dataset_versions(&ada.who, &app, dataset, &strings(slugs)).await
    };
    assert_eq!(listed("town", 0).await, Ok(strings(&["autumn", "summer"])));
    assert_eq!(listed("town", 2).await, Ok(strings(&["spring"])));
    assert_eq!(delete("town", &["summer", "winter"]).await, Err(Error::NotFound));
    assert_eq!(delete("town", &[]).await, Ok(0));
    assert_eq!(delete("town", &["summer"]).await, Ok(1));
    assert_eq!(held(&bench, &ada.who, &app, "town").await, ["one"]);
    // They outlive their dataset, and are deleted without it.
    bench.service.delete_datasets(&ada.who, &app, &strings(&["town"])).await.unwrap();
    assert_eq!(listed("town", 0).await, Ok(strings(&["autumn", "spring"])));
    assert_eq!(listed("town", 2).await, Ok(Vec::new()), "a client goes on until there is nothing more");
    assert_eq!(delete("town", &["spring", "autumn"]).await, Ok(2));
    assert_eq!(listed("town", 0).await, Err(Error::NotFound));
    assert_eq!(listed("coast", 0).await, Ok(strings(&["spring"])));
    let told = audited(&bench, &ada.who, &app, "dataset_version.deleted").await;
    let of = |versions: &[&str]| ("town".to_owned(), Some(json!({ "versions": versions })));
    assert_eq!(told, [of(&["autumn", "spring"]), of(&["summer"])]);
}
