//! Inputs from addresses, and the jobs that count what is added.

use super::*;

on_both_databases! {
    a_job_counts_what_it_adds_and_what_it_cannot,
    a_cancelled_job_adds_nothing_more,
    what_an_address_holds_is_added,
    an_address_inside_the_network_is_not_fetched,
    of_a_server_that_is_too_slow_nothing_is_added_and_the_others_are,
}

async fn a_job_counts_what_it_adds_and_what_it_cannot(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let batch = |slugs: &[&str]| PostInputs {
        job: Some("batch".into()),
        ..adding(slugs.iter().map(|slug| text(slug, "text")).collect())
    };
    let posted = bench.service.post_inputs(&ada.who, &app, batch(&["a", "b", "a/b"])).await.unwrap();
    assert_eq!((posted.job.slug.as_str(), posted.job.status), ("batch", job::COMPLETED));
    assert_eq!((posted.job.done, posted.job.failed, posted.job.pending), (2, 1, 0));

    // The next part of the same job goes on counting.
    let posted = bench.service.post_inputs(&ada.who, &app, batch(&["b", "c"])).await.unwrap();
    assert_eq!((posted.job.done, posted.job.failed, posted.job.pending), (3, 2, 0));
    let found = bench.service.get_inputs_add_job(&ada.who, &app, "batch").await.unwrap();
    assert_eq!(found, posted.job);

    // One that is over cannot be stopped.
    let still = bench.service.cancel_inputs_add_job(&ada.who, &app, "batch").await.unwrap();
    assert_eq!(still.status, job::COMPLETED);

    bench.clock.advance(1_000);
    let unnamed = post(&bench.service, &ada.who, &app, vec![text("d", "text")]).await.unwrap().job;
    assert!(!unnamed.slug.is_empty());
    let jobs = bench.service.list_inputs_add_jobs(&ada.who, &app, 0, 10).await.unwrap();
    assert_eq!(jobs, [unnamed.clone(), found.clone()]);
    assert_eq!(bench.service.list_inputs_add_jobs(&ada.who, &app, 1, 10).await, Ok(vec![found]));
    let unknown = bench.service.get_inputs_add_job(&ada.who, &app, "no-such-job").await;
    assert_eq!(unknown, Err(Error::NotFound));
}

async fn a_cancelled_job_adds_nothing_more(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let service = fetching(&bench);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/it", listener.local_addr().unwrap());
    let late = png(8, 8);
    // While the picture is on its way, somebody stops the job.
    let stop = async {
        let (stream, _) = listener.accept().await.unwrap();
        let stopped = service.cancel_inputs_add_job(&ada.who, &app, "batch").await.unwrap();
        assert_eq!((stopped.status, stopped.done, stopped.pending), (job::CANCELLED, 0, 1));
        answer(stream, &late).await;
    };
    let batch =
        PostInputs { job: Some("batch".into()), ..adding(vec![new("late", Content::ImageAt(address))]) };
    let (posted, ()) = tokio::join!(service.post_inputs(&ada.who, &app, batch), stop);
    let posted = posted.unwrap();
    let [Err((slug, error))] = posted.inputs.as_slice() else { panic!("{posted:?}") };
    assert!(slug == "late" && matches!(error, Error::Conflict(why) if why.contains("cancelled")), "{error}");
    assert_eq!((posted.job.status, posted.job.failed, posted.job.pending), (job::CANCELLED, 1, 0));
    // Nor does the job begin anew with the next part of it.
    let next = PostInputs {
        job: Some("batch".into()),
        ..adding(vec![new("next", Content::Text("Stop at the café".into()))])
    };
    let posted = service.post_inputs(&ada.who, &app, next).await.unwrap();
    assert!(matches!(posted.inputs.as_slice(), [Err((_, Error::Conflict(_)))]), "{posted:?}");
    assert_eq!((posted.job.status, posted.job.failed, posted.job.pending), (job::CANCELLED, 2, 0));
    assert_eq!(all(&bench, &ada.who, &app).await, Vec::<String>::new());
    assert_eq!(kept_objects(&bench), 0);
}

async fn what_an_address_holds_is_added(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let service = fetching(&bench);
    let add = |input| add_one(&service, &ada.who, &app, input, TakenId::Fail);

    let address = serve(png(40, 20)).await;
    let row = add(new("sign", Content::ImageAt(address.clone()))).await.unwrap();
    assert_eq!((row.kind, row.width, row.height), (Medium::Image, Some(40), Some(20)));
    assert_eq!(row.source_url, Some(address));
    let address = serve("Stop at the café".into()).await;
    let row = add(new("note", Content::TextAt(address))).await.unwrap();
    assert_eq!((row.kind, row.body.as_deref()), (Medium::Text, Some("Stop at the café")));

    let address = serve(b"<html>no picture</html>".to_vec()).await;
    let refused = add(new("page", Content::ImageAt(address))).await.unwrap_err();
    assert_eq!(invalid(refused).0, "image");
    let address = serve(vec![0xff, 0xfe, 0x00]).await;
    let refused = add(new("bytes", Content::TextAt(address))).await.unwrap_err();
    assert_eq!(invalid(refused).0, "url");
    let address = serve(vec![b'x'; MOST_TEXT_BYTES + 1]).await;
    let refused = add(new("long", Content::TextAt(address))).await.unwrap_err();
    assert_eq!(invalid(refused).0, "url");
    assert_eq!(all(&bench, &ada.who, &app).await.len(), 2);
}

/// ASVS 1.3.6.
async fn an_address_inside_the_network_is_not_fetched(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    // It is there, and would answer.
    let inside = serve(png(8, 8)).await;
    for address in [inside.as_str(), "http://localhost/", "http://[::1]/", "http://169.254.169.254/latest/"] {
        for content in [Content::ImageAt(address.into()), Content::TextAt(address.into())] {
            let refused = add(&bench, &ada.who, &app, new("it", content)).await.unwrap_err();
            let (field, message) = invalid(refused);
            assert_eq!(field, "url");
            assert!(message.contains("open internet"), "{address}: {message}");
        }
    }
    let off = bench.service.clone().fetching(Fetching { enabled: false, ..Fetching::default() });
    let refused =
        add_one(&off, &ada.who, &app, new("it", Content::ImageAt(inside)), TakenId::Fail).await.unwrap_err();
    let (field, message) = invalid(refused);
    assert_eq!(field, "url");
    assert!(message.contains("takes no inputs by address"), "{message}");
    assert_eq!(all(&bench, &ada.who, &app).await, Vec::<String>::new());
}

async fn of_a_server_that_is_too_slow_nothing_is_added_and_the_others_are(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let soon = Fetching { allow_private: true, within: Duration::from_millis(400), ..Fetching::default() };
    let service = bench.service.clone().fetching(soon);
    // It takes the question, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/it", silent.local_addr().unwrap());
    let inputs = vec![
        text("note", "Stop"),
        new("slow picture", Content::ImageAt(address.clone())),
        new("slow text", Content::TextAt(address)),
        picture("sign", png(8, 8)),
    ];
    let posted = post(&service, &ada.who, &app, inputs).await.unwrap();
    for became in &posted.inputs[1..3] {
        let (_, error) = became.as_ref().unwrap_err();
        let (field, message) = invalid(error.clone());
        assert_eq!((field.as_str(), message.as_str()), ("url", "took longer than 400ms"));
    }
    assert_eq!((posted.job.done, posted.job.failed, posted.job.pending), (2, 2, 0));
    assert_eq!(all(&bench, &ada.who, &app).await, ["sign", "note"]);
    assert_eq!(kept_objects(&bench), 2, "the picture and its thumbnail");
}
