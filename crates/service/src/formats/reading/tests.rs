//! What is taken of files that are well, of those that are half so, and of those that mean harm.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

/// A file of these bytes, which is nowhere to be found.
fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file
}

/// An archive of these files.
fn archive(files: &[(&str, &str)]) -> Source {
    let mut writer = ZipWriter::new(tempfile::tempfile().unwrap());
    for (path, text) in files {
        writer.start_file(*path, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    Source::of(writer.finish().unwrap(), "upload.zip").unwrap()
}

fn alone(name: &str, bytes: &[u8]) -> Found {
    read(&mut Source::of(file(bytes), name).unwrap()).unwrap()
}

fn found(files: &[(&str, &str)]) -> Found {
    read(&mut archive(files)).unwrap()
}

/// What was told, as `place: why`.
fn told(found: &Found) -> Vec<String> {
    found.told.iter().map(|told| format!("{}: {}", told.place, told.why)).collect()
}

/// That exactly as many things were told, each with these words.
fn assert_told(found: &Found, expected: &[&str]) {
    let told = told(found);
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, words) in told.iter().zip(expected) {
        assert!(told.contains(words), "{told} has no {words}");
    }
}

fn slugs(found: &Found) -> Vec<&str> {
    found.drafts.iter().map(|draft| draft.slug.as_str()).collect()
}

fn shapes(draft: &Draft) -> Vec<&Shape> {
    draft.said.iter().flat_map(|said| &said.labels.regions).map(|region| &region.shape).collect()
}

#[test]
fn labels_go_to_the_picture_beside_them_and_to_none_where_that_is_not_clear() {
    let yolo = found(&[
        ("data.yaml", "names: [stop]\n"),
        ("images/train/1.jpg", ""),
        ("images/val/1.jpg", ""),
        ("labels/train/1.txt", "0 0.5 0.5 0.2 0.2\n"),
    ]);
    let labelled: Vec<_> = yolo.drafts.iter().filter(|draft| !draft.said.is_empty()).collect();
    assert_eq!(labelled.len(), 1);
    assert_eq!(labelled[0].file.as_deref(), Some("images/train/1.jpg"));
    let unclear = found(&[
        ("images/a/1.jpg", ""),
        ("images/b/1.jpg", ""),
        ("labels.csv", "file,concept\n1.jpg,stop\n"),
    ]);
    assert_eq!(unclear.drafts[0].file, None);
}

#[test]
fn a_table_of_nothing_but_commas_is_told() {
    let commas = format!("input,concept\n{}\n", ",".repeat(4_000_001));
    let found = alone("labels.csv", commas.as_bytes());
    assert_told(&found, &["more than 4000000 cells"]);
    assert!(found.drafts.is_empty());
}

#[test]
fn half_written_jsonl_is_taken_up_to_where_it_breaks_off() {
    let text = "{\"id\":\"a\",\"file\":\"inputs/a.png\",\"annotations\":[{\"labels\":{\"concepts\":[{\"concept\":\"stop\",\
        \"value\":1}],\"regions\":[]}},{\"labels\":7}]}\n\n{\"id\":\"b\"}\n[1]\n{\"id\":\"c\",\"fi";
    let found = found(&[("inputs.jsonl", text), ("inputs/a.png", "x")]);
    assert_eq!(slugs(&found), ["a", "b"]);
    assert_eq!(found.drafts[0].file.as_deref(), Some("inputs/a.png"));
    assert_eq!((found.drafts[0].said.len(), found.drafts[1].file.as_deref()), (1, None));
    assert_told(
        &found,
        &["line 1 of inputs.jsonl, annotation 2: It cannot be read", "line 4 of inputs.jsonl:", "line 5 of"],
    );
}

#[test]
fn tables_come_in_many_ways() {
    let table = "input,shape,left,top,right,bottom,concept,value\r\nä,box,0,0,0.5,1,stop,\r\n";
    let utf16 = |read: fn(u16) -> [u8; 2], mark: [u8; 2]| {
        mark.into_iter().chain(table.encode_utf16().flat_map(read)).collect::<Vec<u8>>()
    };
    let marked = [b"\xef\xbb\xbf", table.as_bytes()].concat();
    let semicolons = table.replace(',', ";").replace("0.5", "0,5").into_bytes();
    let tabs = table.replace(',', "\t").into_bytes();
    let quoted = table.replace("stop", "\"stop\"").into_bytes();
    for bytes in [
        table.as_bytes().to_vec(),
        marked,
        utf16(u16::to_le_bytes, [0xff, 0xfe]),
        utf16(u16::to_be_bytes, [0xfe, 0xff]),
        semicolons,
        tabs,
        quoted,
    ] {
        let found = alone("table.csv", &bytes);
        assert_told(&found, &[]);
        assert_eq!(slugs(&found), ["ä"]);
        let expected = Shape::Box { top: 0.0, left: 0.0, bottom: 1.0, right: 0.5 };
        assert_eq!(shapes(&found.drafts[0]), [&expected]);
    }
    let found = alone("table.csv", b"input,concept\nkn\xf6del,stop\n");
    assert_told(&found, &["table.csv: Line 2 is not in UTF-8"]);
    let found = alone("table.csv", &[0xff, 0xfe, 0x00, 0xd8, 0x41]);
    assert_told(&found, &["broken UTF-16"]);
    assert_told(&alone("table.csv", b"name,concept\na,stop\n"), &["line 1 of table.csv: It has neither"]);
}

#[test]
fn a_line_of_a_table_that_is_wrong_is_told_by_its_number() {
    let text = "input,shape,left,top,right,bottom,points,start,end,concept,value\n\
        a,whole,,,,,,,,\"two\nlines\",\n\
        a,box,0.5,0,0.2,1,,,,stop,\n\
        a,box,0,0,1.2,1,,,,stop,\n\
        a,box,0,0,x,1,,,,stop,\n\
        a,circle,,,,,,,,stop,\n\
        a,polygon,,,,,0 0 1 1,,,stop,\n\
        a,point,,,,,0.5 0.5,,,stop,2\n\
        a,span,,,,,,1,4,'=stop,0.5\n";
    let found = alone("t.csv", text.as_bytes());
    assert_eq!(slugs(&found), ["a"]);
    assert_told(
        &found,
        &[
            "line 2 of t.csv: `two\nlines` cannot be",
            "line 4 of t.csv: The box has no area",
            "line 5 of t.csv: The box reaches outside",
            "line 6 of t.csv: `x` in the column `right`",
            "line 7 of t.csv: `circle` is none",
            "line 8 of t.csv: The polygon has fewer",
            "line 9 of t.csv: The value 2",
        ],
    );
    assert_eq!(shapes(&found.drafts[0]), [&Shape::Span { start: 1, end: 4 }]);
    let label = &found.drafts[0].said[0].labels.regions[0].labels[0];
    assert_eq!((label.concept.as_str(), label.value), ("=stop", 0.5));
}

fn place(latitude: f64, longitude: f64) -> Place {
    Place::new(latitude, longitude).unwrap()
}

/// Where each input was made, by its identifier.
fn places(found: &Found) -> Vec<(&str, Option<Place>)> {
    found.drafts.iter().map(|draft| (draft.slug.as_str(), draft.made_at)).collect()
}

#[test]
fn a_table_says_where_inputs_were_made_and_a_line_that_says_it_wrongly_is_left_out() {
    let text = "input,latitude,longitude,concept\n\
        berlin,52.52,13.405,stop\n\
        berlin,,,tree\n\
        berlin,52.52,13.405,street\n\
        berlin,52.52,13.5,sign\n\
        sydney,,,stop\n\
        sydney,\"'-33,8688\",151.2093,tree\n\
        pole,90.5,0,stop\n\
        line,0,-180.1,stop\n\
        half,1,,stop\n\
        other,,1,stop\n\
        word,north,east,stop\n\
        endless,inf,0,stop\n\
        none,NaN,0,stop\n\
        nowhere,,,stop\n";
    let found = alone("t.csv", text.as_bytes());
    let expected = [
        ("berlin", Some(place(52.52, 13.405))),
        ("sydney", Some(place(-33.868_8, 151.209_3))),
        ("nowhere", None),
    ];
    assert_eq!(places(&found), expected);
    let said: Vec<usize> = found.drafts.iter().map(|draft| draft.said[0].labels.concepts.len()).collect();
    assert_eq!(said, [3, 2, 1]);
    assert_told(
        &found,
        &[
            "line 5 of t.csv: It says another place than",
            "line 8 of t.csv: The latitude must be between -90 and 90, and is 90.5.",
            "line 9 of t.csv: The longitude must be between -180 and 180, and is -180.1.",
            "line 10 of t.csv: It has a latitude and no longitude.",
            "line 11 of t.csv: It has a longitude and no latitude.",
            "line 12 of t.csv: `north` in the column `latitude` is no number.",
            "line 13 of t.csv: The latitude must be between -90 and 90, and is inf.",
            "line 14 of t.csv: The latitude must be between -90 and 90, and is NaN.",
        ],
    );
    // A table with one of the columns alone is half given in each of its lines.
    assert_told(&alone("t.csv", b"input,latitude\na,1\nb,\n"), &["line 2 of t.csv: It has a latitude"]);
}

#[test]
fn jsonl_says_where_inputs_were_made_by_names_and_in_no_order() {
    let text = r#"{"id":"berlin","place":{"longitude":13.405,"latitude":52.52}}
        {"id":"nowhere","place":null}
        {"id":"list","place":[13.405,52.52]}
        {"id":"point","place":{"type":"Point","coordinates":[13.405,52.52]}}
        {"id":"half","place":{"longitude":13.405}}
        {"id":"pole","place":{"longitude":0,"latitude":-90.5}}
        {"id":"words","place":{"longitude":"13","latitude":"52"}}
        {"id":"word","place":"Berlin"}
        {"id":"last","place":{"longitude":-180,"latitude":-0.0}}"#;
    let found = alone("inputs.jsonl", text.as_bytes());
    let expected =
        [("berlin", Some(place(52.52, 13.405))), ("nowhere", None), ("last", Some(place(0.0, -180.0)))];
    assert_eq!(places(&found), expected);
    assert_told(
        &found,
        &[
            "line 3 of inputs.jsonl: Its place must be an object with `latitude` and `longitude`.",
            "line 4 of inputs.jsonl: Its place cannot be read: missing field `latitude`.",
            "line 5 of inputs.jsonl: Its place cannot be read: missing field `latitude`.",
            "line 6 of inputs.jsonl: Its place cannot be read: latitude must be between -90 and 90, and is -90.5.",
            "line 7 of inputs.jsonl: Its place cannot be read: invalid type: string",
            "line 8 of inputs.jsonl: Its place must be an object",
        ],
    );
}

#[test]
fn coco_is_taken_annotation_by_annotation() {
    let text = r#"{"images":[{"id":1,"file_name":"train/a%201.jpg","width":200,"height":100},
        {"id":2,"file_name":"b.jpg"},{"id":2,"file_name":"c.jpg"}],
        "categories":[{"id":1,"name":"stop"},{"id":2,"name":"a/b"}],
        "annotations":[
        {"image_id":1,"category_id":1,"bbox":[100,25,100,50],"segmentation":[]},
        {"image_id":1,"category_id":1,"bbox":[0,0,0,0],"segmentation":[[0,0,200,0,0,100]]},
        {"image_id":1,"category_id":1,"bbox":[150,25,100,50]},
        {"image_id":1,"category_id":1,"bbox":[50,25,-10,50]},
        {"image_id":1,"category_id":2,"bbox":[0,0,1,1]},
        {"image_id":9,"category_id":1,"bbox":[0,0,1,1]},
        {"image_id":2,"category_id":1,"bbox":[0,0,1,1]},
        {"image_id":1}]}"#;
    let found = found(&[("annotations/instances_train.json", text), ("images/train/a%201.jpg", "x")]);
    assert_eq!(slugs(&found), ["a 1", "b"]);
    assert_eq!(found.drafts[0].file.as_deref(), Some("images/train/a%201.jpg"));
    assert_eq!(found.drafts[1].file, None);
    let [boxed, Shape::Polygon { points }] = shapes(&found.drafts[0])[..] else {
        panic!("{:?}", found.drafts[0])
    };
    assert_eq!(boxed, &Shape::Box { top: 0.25, left: 0.5, bottom: 0.75, right: 1.0 });
    assert_eq!(points[1], Point { row: 0.0, col: 1.0 });
    assert_told(
        &found,
        &[
            "category 2 of annotations/instances_train.json: `a/b` cannot be",
            "annotation 3 of annotations/instances_train.json: The box reaches outside",
            "annotation 4 of annotations/instances_train.json: The box has no area",
            "annotation 5 of annotations/instances_train.json: There is no category 2",
            "annotation 6 of annotations/instances_train.json: There is no image 9",
            "annotation 7 of annotations/instances_train.json: The image 2 has no size",
            "annotation 8 of annotations/instances_train.json: It cannot be read",
            "image 3 of annotations/instances_train.json: There is an image 2",
        ],
    );
    assert_told(&alone("coco.json", b"{\"images\":[{"), &["coco.json: It is no document of COCO"]);
}

#[test]
fn yolo_is_taken_line_by_line() {
    for (name, classes) in [
        ("data.yaml", "train: images\nnames:\n  0: stop\n  1: 'give way'\nnc: 2\n"),
        ("data.yaml", "names: [\"stop\", 'give way']\n"),
        ("data.yaml", "nc: 2\nnames: {0: stop, 1: give way}\n"),
        ("data.yaml", "names:\n- stop # red\n- give way\n"),
        ("classes.txt", "stop\ngive way\n"),
    ] {
        let found = found(&[
            (name, classes),
            ("labels/train/a.txt", "0 0.5 0.5 0.5 0.5\n1 0 0 1 0 0 1\n1 0.9 0.5 0.5 0.5\n7 0 0 1 1\n0 x\n"),
            ("images/train/a.jpg", "x"),
            ("images/train/b.jpg", "x"),
        ]);
        assert_eq!(slugs(&found), ["a", "b"], "{classes}");
        assert_eq!(found.drafts[0].file.as_deref(), Some("images/train/a.jpg"));
        let concepts: Vec<String> = found.drafts[0].said[0]
            .labels
            .regions
            .iter()
            .map(|region| region.labels[0].concept.to_string())
            .collect();
        assert_eq!(concepts, ["stop", "give way"], "{classes}");
        assert_told(
            &found,
            &[
                "line 3 of labels/train/a.txt: The box reaches",
                "line 4 of",
                "line 5 of labels/train/a.txt: It has",
            ],
        );
    }
}

#[test]
fn voc_is_taken_object_by_object() {
    let object = |name: &str, edges: [&str; 4]| {
        let [xmin, ymin, xmax, ymax] = edges;
        format!(
            "<object><name>{name}</name><bndbox><xmin>{xmin}</xmin><ymin>{ymin}</ymin><xmax>{xmax}</xmax>\
             <ymax>{ymax}</ymax></bndbox><part><name>hand</name></part></object>"
        )
    };
    let text = format!(
        "<?xml version=\"1.0\"?><annotation><filename>a.jpg</filename><size><width>200</width><height>100</height>\
         </size>{}{}{}</annotation>",
        object("stop &amp; go", ["101", "26", "200", "75"]),
        object("stop", ["101", "26", "100", "75"]),
        object("stop", ["101", "26", "300", "75"]),
    );
    let found = found(&[
        ("Annotations/a.xml", &text),
        ("Annotations/broken.xml", "<annotation><filename>b.jpg</filename><object>"),
        ("Annotations/entity.xml", "<annotation><filename>&secret;</filename></annotation>"),
        ("Annotations/other.xml", "<html><body/></html>"),
        ("Annotations/deep.xml", &"<annotation>".repeat(1_000)),
        ("JPEGImages/a.jpg", "x"),
    ]);
    assert_eq!(slugs(&found), ["a"]);
    assert_eq!(found.drafts[0].file.as_deref(), Some("JPEGImages/a.jpg"));
    let region = &found.drafts[0].said[0].labels.regions[0];
    assert_eq!(region.shape, Shape::Box { top: 0.25, left: 0.5, bottom: 0.75, right: 1.0 });
    assert_eq!(region.labels[0].concept.as_str(), "stop & go");
    assert_told(
        &found,
        &[
            "object 2 of Annotations/a.xml: The box has no area",
            "object 3 of Annotations/a.xml: The box reaches outside",
            "Annotations/broken.xml: It",
            "Annotations/deep.xml: It is nested too deeply",
            "Annotations/entity.xml: It is no XML: it names `&secret;`",
            "Annotations/other.xml: It is no document of Pascal VOC",
        ],
    );
}

#[test]
fn an_archive_that_means_harm_is_refused() {
    let refused = |files: &[(&str, &str)]| {
        let mut writer = ZipWriter::new(tempfile::tempfile().unwrap());
        for (path, text) in files {
            writer.start_file(*path, SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        Source::of(writer.finish().unwrap(), "upload.zip").err()
    };
    for path in ["../evil.jsonl", "a/../../evil.jsonl", "/etc/evil.jsonl", "a\\..\\evil.jsonl"] {
        let why = refused(&[(path, "{}")]).map(|error| error.to_string()).unwrap_or_default();
        assert!(why.contains("leads elsewhere"), "{path}: {why}");
    }
    assert!(matches!(
        Source::of(file(b"PK\x03\x04 and nothing else"), "a.zip").err(),
        Some(Unreadable::Archive(_))
    ));
    assert!(matches!(read(&mut archive(&[("notes.doc", "x")])), Err(Unreadable::NoFormat)));
    assert!(matches!(read(&mut Source::of(file(b""), "nothing").unwrap()), Err(Unreadable::NoFormat)));
}

#[test]
fn what_is_packed_small_is_not_unpacked_large() {
    let zeros = "0".repeat(1 << 20).repeat(65);
    let mut source = archive(&[("inputs.jsonl", &zeros), ("a.png", &zeros)]);
    assert_told(&read(&mut source).unwrap(), &["inputs.jsonl: It has more than 64 MB"]);
    assert_eq!(source.bytes("a.png", 1_000), Ok(None));
    assert_eq!(source.bytes("b.png", 1_000).err(), Some(Unreadable::File("It is not there.".into())));
    // Several that are well by themselves are too much together.
    let many: Vec<(String, String)> =
        (0..5).map(|number| (format!("{number}.jsonl"), " ".repeat(60 << 20))).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert!(matches!(read(&mut archive(&many)), Err(Unreadable::TooMuch(_))));
}

#[test]
fn what_is_wrong_in_every_line_is_told_a_thousand_times() {
    let found = alone("a.jsonl", "nonsense\n".repeat(1_200).as_bytes());
    assert_eq!((found.told.len(), found.untold), (MOST_TOLD, 200));
}
