//! Adding pictures and texts.

use super::*;

on_both_databases! {
    texts_and_pictures_are_added_as_they_were_sent,
    a_large_picture_has_a_small_one_and_a_small_one_stays_small,
    a_camera_that_was_held_upright_gives_an_upright_picture,
    what_is_no_picture_is_refused_and_nothing_of_it_kept,
    texts_have_limits,
    one_that_is_refused_does_not_stop_the_others,
    a_taken_id_fails_is_skipped_or_gets_a_number,
    of_two_with_one_id_the_first_has_it,
    what_could_not_be_read_counts_as_failed,
    what_the_caller_says_is_added_with_the_input,
}

async fn texts_and_pictures_are_added_as_they_were_sent(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let bytes = png(40, 20);
    let inputs = vec![
        NewInput { metadata: Some(json!({ "camera": "left" })), ..text("a text", "Stop at the café") },
        picture("a-picture", bytes.clone()),
        text("", "has no id"),
    ];
    let posted = post(&bench.service, &ada.who, &app, inputs).await.unwrap();
    let rows: Vec<InputRow> = posted.inputs.into_iter().map(|added| added.unwrap()).collect();
    let [words, image, nameless] = rows.as_slice() else { panic!("{rows:?}") };

    assert_eq!((words.slug.as_str(), words.kind), ("a text", Medium::Text));
    assert_eq!((words.body.as_deref(), words.size), (Some("Stop at the café"), 17));
    assert_eq!(words.metadata, Some(json!({ "camera": "left" })));
    assert_eq!((words.created_by, words.author.as_str()), (ada.id, "Ada"));
    assert_eq!((words.status, words.created_at), (30_000, bench.now()));

    assert_eq!((image.slug.as_str(), image.kind), ("a-picture", Medium::Image));
    assert_eq!((image.width, image.height), (Some(40), Some(20)));
    assert_eq!(image.media_type.as_deref(), Some("image/png"));
    assert_eq!(image.size, i64::try_from(bytes.len()).unwrap());
    let original = bench.service.picture(&ada.who, &app, "a-picture", PictureSize::Original).await.unwrap();
    assert_eq!((original.media_type.as_str(), &original.bytes[..]), ("image/png", bytes.as_slice()));

    assert_eq!(nameless.slug.len(), 32);
    assert!(nameless.slug.bytes().all(|byte| byte.is_ascii_hexdigit()), "{}", nameless.slug);

    let found = bench.service.get_input(&ada.who, &app, "a text").await.unwrap();
    assert_eq!(&found, words);
    let of_text = bench.service.picture(&ada.who, &app, "a text", PictureSize::Original).await;
    assert_eq!(of_text.unwrap_err(), Error::NotFound);
    let counts = bench.service.count_inputs(&ada.who, &app).await.unwrap();
    assert_eq!(counts, InputCounts { ready: 3, pending: 0, failed: 0 });
}

async fn a_large_picture_has_a_small_one_and_a_small_one_stays_small(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let clear = written(&DynamicImage::new_rgba8(400, 640), ImageFormat::Png);
    let inputs =
        vec![picture("large", png(640, 400)), picture("see-through", clear), picture("small", png(30, 20))];
    post(&bench.service, &ada.who, &app, inputs).await.unwrap();
    for (slug, size, format) in [
        ("large", (320, 200), ImageFormat::Jpeg),
        ("see-through", (200, 320), ImageFormat::Png),
        ("small", (30, 20), ImageFormat::Jpeg),
    ] {
        let small = bench.service.picture(&ada.who, &app, slug, PictureSize::Thumbnail).await.unwrap();
        let read = image::load_from_memory(&small.bytes).unwrap();
        assert_eq!((read.width(), read.height()), size, "{slug}");
        assert_eq!(image::guess_format(&small.bytes).unwrap(), format, "{slug}");
        assert_eq!(small.media_type, format.to_mime_type(), "{slug}");
    }
}

async fn a_camera_that_was_held_upright_gives_an_upright_picture(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let jpeg = written(&DynamicImage::new_rgb8(640, 320), ImageFormat::Jpeg);
    // An EXIF segment after the first marker, which says nothing but: turn it by 90 degrees.
    let exif = b"\xff\xe1\x00\x22Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let turned = [&jpeg[..2], exif, &jpeg[2..]].concat();
    let row = add(&bench, &ada.who, &app, picture("upright", turned.clone())).await.unwrap();
    assert_eq!((row.width, row.height), (Some(320), Some(640)));
    let small = bench.service.picture(&ada.who, &app, "upright", PictureSize::Thumbnail).await.unwrap();
    let read = image::load_from_memory(&small.bytes).unwrap();
    assert_eq!((read.width(), read.height()), (160, 320));
    let original = bench.service.picture(&ada.who, &app, "upright", PictureSize::Original).await.unwrap();
    assert_eq!(original.bytes, turned, "kept as it was sent");
}

async fn what_is_no_picture_is_refused_and_nothing_of_it_kept(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let whole = png(64, 64);
    for (bytes, why) in [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "SVG"),
        (b"<?xml version='1.0'?><svg/>".to_vec(), "SVG"),
        (b"hello".to_vec(), "PNG"),
        (Vec::new(), "PNG"),
        (b"%PDF-1.7".to_vec(), "PNG"),
        (whole[..whole.len() / 2].to_vec(), "cannot be read"),
    ] {
        let refused = add(&bench, &ada.who, &app, picture("it", bytes)).await.unwrap_err();
        let (field, message) = invalid(refused);
        assert_eq!(field, "image");
        assert!(message.contains(why), "{message}");
    }
    assert_eq!(all(&bench, &ada.who, &app).await, Vec::<String>::new());
    assert_eq!(kept_objects(&bench), 0);
}

async fn texts_have_limits(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, text("longest", &"x".repeat(MOST_TEXT_BYTES))).await.unwrap();
    let too_long = "x".repeat(MOST_TEXT_BYTES + 1);
    for body in ["", " \n", "a\0b", too_long.as_str()] {
        let refused = add(&bench, &ada.who, &app, text("it", body)).await.unwrap_err();
        assert_eq!(invalid(refused).0, "text");
    }
    let refused = add(&bench, &ada.who, &app, text("a/b", "text")).await.unwrap_err();
    assert_eq!(invalid(refused).0, "id");
    let listing = NewInput { metadata: Some(json!(["no", "object"])), ..text("it", "text") };
    let refused = add(&bench, &ada.who, &app, listing).await.unwrap_err();
    assert_eq!(invalid(refused).0, "metadata");
    assert_eq!(all(&bench, &ada.who, &app).await, ["longest"]);
}

async fn one_that_is_refused_does_not_stop_the_others(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    // More than are read at once, so that the order of the answers is not that of luck.
    let inputs: Vec<NewInput> = (0..20)
        .map(|number| {
            let slug = format!("sign-{number:02}");
            if number % 5 == 3 { picture(&slug, b"no picture".to_vec()) } else { picture(&slug, png(8, 8)) }
        })
        .collect();
    let posted = post(&bench.service, &ada.who, &app, inputs).await.unwrap();
    for (number, became) in posted.inputs.iter().enumerate() {
        let slug = match became {
            Ok(row) => row.slug.as_str(),
            Err((slug, _)) => slug.as_str(),
        };
        assert_eq!(slug, format!("sign-{number:02}"));
        assert_eq!(became.is_err(), number % 5 == 3, "{slug}");
    }
    assert_eq!(all(&bench, &ada.who, &app).await.len(), 16);
    let none = post(&bench.service, &ada.who, &app, Vec::new()).await.unwrap_err();
    assert_eq!(invalid(none).0, "inputs");
    let too_many = (0..1_001).map(|_| text("", "text")).collect();
    let too_many = post(&bench.service, &ada.who, &app, too_many).await.unwrap_err();
    assert_eq!(invalid(too_many).0, "inputs");
}

async fn a_taken_id_fails_is_skipped_or_gets_a_number(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let first = add(&bench, &ada.who, &app, picture("sign", png(8, 8))).await.unwrap();
    let kept = kept_objects(&bench);
    let again = |taken| add_one(&bench.service, &ada.who, &app, picture("sign", png(16, 16)), taken);

    let refused = again(TakenId::Fail).await.unwrap_err();
    assert!(matches!(&refused, Error::Taken(why) if why.contains("duplicate input `sign`")), "{refused}");
    assert_eq!(again(TakenId::Skip).await.unwrap(), first);
    assert_eq!(kept_objects(&bench), kept, "what was sent for nothing is gone");

    let second = again(TakenId::Suffix).await.unwrap();
    let third = again(TakenId::Suffix).await.unwrap();
    assert_eq!((second.slug.as_str(), third.slug.as_str()), ("sign-1", "sign-2"));
    assert_eq!((second.width, first.width), (Some(16), Some(8)));
    assert_eq!(kept_objects(&bench), 3 * kept);
}

async fn of_two_with_one_id_the_first_has_it(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let service = fetching(&bench);
    for (taken, expected) in [
        (TakenId::Fail, ["ok 1", "duplicate", "duplicate"]),
        (TakenId::Skip, ["ok 1", "ok 1", "ok 1"]),
        (TakenId::Suffix, ["ok 1", "ok 2", "ok 3"]),
    ] {
        let slug = format!("{taken:?}");
        // The first comes by a slower way than the others.
        let first = new(&slug, Content::TextAt(serve("1".into()).await));
        // White space at the edges is no part of an identifier.
        let inputs = vec![first, text(&slug, "2"), text(&format!(" {slug} "), "3")];
        let posted = service.post_inputs(&ada.who, &app, PostInputs { taken, ..adding(inputs) }).await;
        let told = posted.unwrap().inputs.into_iter().map(|became| match became {
            Ok(row) => format!("ok {}", row.body.unwrap()),
            Err((_, Error::Taken(why))) => why.split(' ').next().unwrap().to_owned(),
            Err((_, other)) => panic!("{other:?}"),
        });
        assert_eq!(told.collect::<Vec<_>>(), expected, "{taken:?}");
        assert_eq!(service.get_input(&ada.who, &app, &slug).await.unwrap().body.as_deref(), Some("1"));
    }
    let mut numbered = all(&bench, &ada.who, &app).await;
    numbered.sort_unstable();
    assert_eq!(numbered, ["Fail", "Skip", "Suffix", "Suffix-1", "Suffix-2"]);
}

async fn what_could_not_be_read_counts_as_failed(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    let post = async |slugs: &[&str], unreadable| {
        let inputs = slugs.iter().map(|slug| text(slug, "text")).collect();
        let input = PostInputs { unreadable, job: Some("batch".into()), ..adding(inputs) };
        let job = bench.service.post_inputs(&ada.who, &app, input).await?.job;
        Ok::<_, Error>((job.done, job.failed, job.pending, job.status))
    };
    assert_eq!(post(&[], 2).await, Ok((0, 2, 0, job::COMPLETED)));
    assert_eq!(post(&["a"], 1).await, Ok((1, 3, 0, job::COMPLETED)));
    assert_eq!(post(&[], 1).await, Ok((1, 4, 0, job::COMPLETED)));
    assert_eq!(invalid(post(&[], 0).await.unwrap_err()).0, "inputs");
    assert_eq!(invalid(post(&["b"], 1_000).await.unwrap_err()).0, "inputs");
}

async fn what_the_caller_says_is_added_with_the_input(bench: Bench) {
    let ada = bench.person("ada").await;
    let app = street_signs(&bench, &ada).await;
    add(&bench, &ada.who, &app, with_labels(text("sign", "Stop"), said("stop", 1.0))).await.unwrap();
    let expected = [("ada".to_owned(), "stop".to_owned(), 1.0_f32)];
    assert_eq!(sayings(&bench, &ada.who, &app, "sign").await, expected);
    // What cannot be said of it is refused with it, and neither is there.
    let beyond = with_labels(picture("other", png(8, 8)), said("stop", 2.0));
    let refused = add(&bench, &ada.who, &app, beyond).await.unwrap_err();
    assert_eq!(invalid(refused).0, "labels");
    assert_eq!(all(&bench, &ada.who, &app).await, ["sign"]);
    assert_eq!(kept_objects(&bench), 0);
}
