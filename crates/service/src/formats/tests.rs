//! What each format writes of the same few inputs.

use std::collections::BTreeMap;

use atelier_domain::id::{DatasetVersionId, InputId};
use atelier_domain::{Label, Labels, Medium, Point, Region, Shape, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::annotations::status;
use crate::datasets::versions::FrozenAnnotation;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn version(has_split: bool) -> VersionRow {
    let part = has_split.then_some(1);
    VersionRow {
        id: DatasetVersionId::new(at(1), &[1; 10]),
        dataset: "town".into(),
        slug: "spring".into(),
        description: "As it was in spring".into(),
        metadata: None,
        inputs: 3,
        unlabelled: 0,
        train: part,
        valid: part,
        test: part,
        created_at: at(1_000_000),
        changed_at: at(1_000_000),
    }
}

fn picture(position: i64, slug: &str, said: Vec<FrozenAnnotation>) -> FrozenInputRow {
    FrozenInputRow {
        position,
        input_id: InputId::new(at(position), &[3; 10]),
        slug: slug.into(),
        kind: Medium::Image,
        media_type: Some("image/png".into()),
        width: Some(200),
        height: Some(100),
        size: 9,
        sha256: vec![7; 32],
        metadata: Some(json!({ "walk": 1 })),
        latitude: Some(-33.868_8),
        longitude: Some(151.209_3),
        said,
        part: None,
        added_at: at(2_000_000),
    }
}

fn note(position: i64, slug: &str, said: Vec<FrozenAnnotation>) -> FrozenInputRow {
    let kind = Medium::Text;
    let media_type = Some("text/plain".into());
    let (latitude, longitude) = (None, None);
    FrozenInputRow {
        kind,
        media_type,
        width: None,
        height: None,
        latitude,
        longitude,
        ..picture(position, slug, said)
    }
}

fn label(concept: &str, value: f32) -> Label {
    Label { concept: concept.parse().unwrap(), value }
}

fn region(id: &str, shape: Shape, labels: Vec<Label>) -> Region {
    Region { id: id.parse().unwrap(), shape, labels }
}

fn said(id: &str, concepts: Vec<Label>, regions: Vec<Region>) -> FrozenAnnotation {
    FrozenAnnotation {
        id: id.into(),
        author: "ada".into(),
        status: status::SUCCESS,
        labels: Labels { concepts, regions },
        info: Some(json!({ "seconds": 3 })),
        changed_at: at(3_000_000),
    }
}

fn rectangle(top: f32, left: f32, bottom: f32, right: f32) -> Shape {
    Shape::Box { top, left, bottom, right }
}

fn triangle() -> Shape {
    let points = [(0.0, 0.0), (0.0, 0.5), (0.5, 0.0)].map(|(row, col)| Point { row, col });
    Shape::Polygon { points: points.to_vec() }
}

/// A picture with everything in it, one with nothing, and a text.
fn story() -> Vec<FrozenInputRow> {
    let regions = vec![
        region("r1", rectangle(0.25, 0.5, 0.75, 1.0), vec![label("stop", 1.0), label("red", 0.5)]),
        region("r2", triangle(), vec![label("stop", 1.0), label("pole", 0.0)]),
        region("r3", Shape::Point(Point { row: 0.5, col: 0.5 }), vec![label("bolt", 1.0)]),
        region("r4", rectangle(0.0, 0.0, 0.5, 0.5), vec![]),
    ];
    let pending = FrozenAnnotation {
        status: status::PENDING,
        ..said("draft", vec![], vec![region("d", rectangle(0.0, 0.0, 1.0, 1.0), vec![label("draft", 1.0)])])
    };
    let all = said("all", vec![label("street", 1.0)], regions);
    let span = region("s", Shape::Span { start: 0, end: 4 }, vec![label("stop", 1.0)]);
    vec![
        picture(1, "sign 1", vec![all, pending]),
        picture(2, "empty", vec![]),
        note(3, "=note", vec![said("text", vec![], vec![span])]),
    ]
}

/// All files of a version, as an export writes them, without what inputs hold.
fn written(format: Format, inputs: &[FrozenInputRow]) -> BTreeMap<String, String> {
    let has_split = inputs.iter().any(|input| input.part.is_some());
    let mut survey = Survey::of(has_split);
    inputs.iter().for_each(|input| survey.add(input));
    let version = version(has_split);
    let mut writer = format.writer(&version, &survey);
    let mut files = BTreeMap::new();
    for list in writer.lists() {
        let mut text = writer.head(&list).unwrap();
        for pass in 0..list.passes {
            for input in inputs.iter().filter(|input| list.part.is_none() || input.part == list.part) {
                writer.add(&list, pass, input, &mut text).unwrap();
            }
            text.push_str(&writer.end(&list, pass).unwrap());
        }
        files.insert(list.path, text);
    }
    files.extend(inputs.iter().filter_map(|input| writer.own(input)));
    files.extend(writer.others());
    files.insert("README.txt".into(), readme(format, &version, &survey, None));
    files
}

fn divided(mut inputs: Vec<FrozenInputRow>) -> Vec<FrozenInputRow> {
    for (input, part) in inputs.iter_mut().zip(Part::ALL) {
        input.part = Some(part);
    }
    inputs
}

#[test]
fn jsonl_loses_nothing() {
    let inputs = story();
    let files = written(Format::Jsonl, &inputs);
    let lines: Vec<Value> =
        files["inputs.jsonl"].lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), inputs.len());
    for (line, input) in lines.iter().zip(&inputs) {
        assert_eq!(line["id"], json!(input.slug));
        assert_eq!((&line["width"], &line["metadata"]), (&json!(input.width), &json!({ "walk": 1 })));
        assert_eq!(line["sha256"], json!("07".repeat(32)));
        assert_eq!(line["place"], json!(input.place()));
        for (told, said) in line["annotations"].as_array().unwrap().iter().zip(&input.said) {
            let labels: Labels = serde_json::from_value(told["labels"].clone()).unwrap();
            assert_eq!(labels, said.labels);
            assert_eq!((&told["author"], &told["info"]), (&json!("ada"), &json!({ "seconds": 3 })));
            assert_eq!(told["changed_at"], json!("1970-01-01T00:00:03Z"));
        }
    }
    assert_eq!(lines[0]["annotations"][1]["status"], json!("pending"));
    assert_eq!(lines[0]["file"], json!("inputs/sign%201.png"));
    // By their names: whoever reads a list takes one for the other.
    assert_eq!(lines[0]["place"], json!({ "latitude": -33.868_8, "longitude": 151.209_3 }));
    let version: Value = serde_json::from_str(&files["version.json"]).unwrap();
    assert_eq!((&version["id"], &version["dataset"]), (&json!("spring"), &json!("town")));
    assert!(files["README.txt"].contains("Nothing that the version keeps is left out."));
}

#[test]
fn csv_has_a_line_for_each_label_and_computes_nothing() {
    let files = written(Format::Csv, &story());
    let lines: Vec<&str> = files["annotations.csv"].split_terminator("\r\n").collect();
    let starts = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
    // One label of the whole, five of regions and one region without any; then what does not count.
    assert_eq!(starts("sign 1,inputs/sign%201.png,image,,-33.8688,151.2093,all,ada,success,"), 7);
    assert_eq!(starts("sign 1,inputs/sign%201.png,image,,-33.8688,151.2093,draft,ada,pending,"), 1);
    assert_eq!(starts("empty,inputs/empty.png,image,,-33.8688,151.2093,,,"), 1);
    assert_eq!(starts("\"'=note\",inputs/%3Dnote.txt,text,,,,text,ada,success,s,span,,,,,,0,4,stop,1"), 1);
    assert!(
        lines
            .contains(&"sign 1,inputs/sign%201.png,image,,-33.8688,151.2093,all,ada,success,r1,box,0.5,0.25,1,0.75,,,,red,0.5")
    );
    assert!(lines.contains(
        &"sign 1,inputs/sign%201.png,image,,-33.8688,151.2093,all,ada,success,r2,polygon,,,,,0 0 0.5 0 0 0.5,,,pole,0"
    ));
    assert_eq!(lines.len(), 11);
}

#[test]
fn coco_has_pictures_what_is_found_in_them_and_categories() {
    let files = written(Format::Coco, &story());
    let coco: Value = serde_json::from_str(&files["annotations/instances_default.json"]).unwrap();
    assert_eq!(coco["images"].as_array().unwrap().len(), 2);
    assert_eq!(coco["images"][0]["file_name"], json!("sign%201.png"));
    assert_eq!(coco["categories"], json!([{ "id": 1, "name": "red" }, { "id": 2, "name": "stop" }]));
    let found: Vec<(&Value, &Value)> = coco["annotations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| (&found["category_id"], &found["bbox"]))
        .collect();
    let (boxed, around) = (json!([100.0, 25.0, 100.0, 50.0]), json!([0.0, 0.0, 100.0, 50.0]));
    assert_eq!(found, [(&json!(2), &boxed), (&json!(1), &boxed), (&json!(2), &around)]);
    assert_eq!(coco["annotations"][0]["area"], json!(5_000.0));
    assert_eq!(coco["annotations"][2]["area"], json!(2_500.0));
    assert_eq!(coco["annotations"][2]["segmentation"], json!([[0.0, 0.0, 100.0, 0.0, 0.0, 50.0]]));
    for what in
        ["1 × texts", "2 × places", "1 × annotations that do not count", "1 × points", "1 × regions without"]
    {
        assert!(files["README.txt"].contains(what), "{what}: {}", files["README.txt"]);
    }
}

#[test]
fn coco_has_a_document_for_each_part_with_the_same_categories() {
    let files = written(Format::Coco, &divided(story()));
    let part = |name: &str| -> Value {
        serde_json::from_str(&files[&format!("annotations/instances_{name}.json")]).unwrap()
    };
    let (train, valid, test) = (part("train"), part("valid"), part("test"));
    assert_eq!(train["images"][0]["id"], json!(1));
    assert_eq!((&valid["images"][0]["id"], &valid["annotations"]), (&json!(2), &json!([])));
    assert_eq!((&test["images"], &test["annotations"]), (&json!([]), &json!([])));
    assert_eq!(train["categories"], test["categories"]);
}

#[test]
fn yolo_has_a_text_for_each_picture() {
    let files = written(Format::Yolo, &story());
    assert_eq!(
        files["labels/train/sign%201.txt"],
        "1 0.75 0.5 0.5 0.5\n0 0.75 0.5 0.5 0.5\n1 0.25 0.25 0.5 0.5\n"
    );
    assert_eq!(files["labels/train/empty.txt"], "");
    assert_eq!(
        files["data.yaml"],
        "train: images/train\nval: images/train\nnames:\n  0: \"red\"\n  1: \"stop\"\n"
    );
    assert!(files["README.txt"].contains("1 × polygons are written as the boxes around them"));
    assert!(files["README.txt"].contains("2 × places"));
    let divided = written(Format::Yolo, &divided(story()));
    assert!(divided.contains_key("labels/valid/empty.txt"));
    assert!(divided["data.yaml"].starts_with("train: images/train\nval: images/valid\ntest: images/test\n"));
    assert_eq!(
        written(Format::Yolo, &[])["data.yaml"],
        "train: images/train\nval: images/train\nnames: {}\n"
    );
}

#[test]
fn voc_has_a_document_for_each_picture_and_lists_of_them() {
    let mut inputs = story();
    inputs[0].slug = "a<b>&c".into();
    let files = written(Format::Voc, &inputs);
    let document = &files["Annotations/a%3Cb%3E%26c.xml"];
    assert!(document.contains("<width>200</width>\n    <height>100</height>"), "{document}");
    assert_eq!(document.matches("<object>").count(), 3);
    let first = "<bndbox>\n      <xmin>101</xmin>\n      <ymin>26</ymin>\n      <xmax>200</xmax>\n      <ymax>75</ymax>";
    assert!(document.contains(first), "{document}");
    assert_eq!(files["ImageSets/Main/trainval.txt"], "a%3Cb%3E%26c\nempty\n");
    let divided = written(Format::Voc, &divided(story()));
    assert_eq!(divided["ImageSets/Main/val.txt"], "empty\n");
    assert_eq!(divided["ImageSets/Main/test.txt"], "");
}

#[test]
fn what_was_deleted_since_is_named() {
    let mut missing = Missing::default();
    for number in 0..60 {
        missing.add(&format!("gone-{number}"));
    }
    let text = readme(Format::Jsonl, &version(false), &Survey::default(), Some(&missing));
    assert!(text.contains("60 inputs were deleted") && text.contains("- gone-49\r\n- and others"), "{text}");
    let text = readme(Format::Jsonl, &version(false), &Survey::default(), Some(&Missing::default()));
    assert!(!text.contains("deleted"), "{text}");
}

#[test]
fn formats_are_named_in_one_way() {
    for format in Format::ALL {
        assert_eq!(format.name().parse(), Ok(format));
        assert!(!format.label().is_empty() && !format.holds().is_empty());
    }
    assert_eq!(
        "xml".parse::<Format>().unwrap_err().to_string(),
        "`xml` is none of jsonl, csv, coco, yolo and voc"
    );
}

/// A box that an annotation can have.
fn any_box() -> impl Strategy<Value = Shape> {
    let edges = || (0.0_f32..1.0, 0.0_f32..1.0).prop_filter("no area", |(one, other)| one != other);
    (edges(), edges()).prop_map(|((a, b), (c, d))| rectangle(a.min(b), c.min(d), a.max(b), c.max(d)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_box_comes_back_from_coco_and_yolo_as_it_was(shape in any_box(), width in 1_i64..20_000, height in 1_i64..20_000) {
        let said = said("a", vec![], vec![region("r", shape.clone(), vec![label("stop", 1.0)])]);
        let input = FrozenInputRow {
            width: Some(width),
            height: Some(height),
            ..picture(1, "sign", vec![said])
        };
        let Shape::Box { top, left, bottom, right } = shape else { unreachable!() };
        let near = |one: f64, other: f32| (one - f64::from(other)).abs() < 1e-6;
        let coco: Value =
            serde_json::from_str(&written(Format::Coco, std::slice::from_ref(&input))["annotations/instances_default.json"])
                .unwrap();
        let bounds: Vec<f64> = serde_json::from_value(coco["annotations"][0]["bbox"].clone()).unwrap();
        let (w, h) = (width as f64, height as f64);
        prop_assert!(near(bounds[0] / w, left) && near(bounds[1] / h, top), "{bounds:?}");
        prop_assert!(near((bounds[0] + bounds[2]) / w, right) && near((bounds[1] + bounds[3]) / h, bottom));
        let line = written(Format::Yolo, &[input])["labels/train/sign.txt"].clone();
        let numbers: Vec<f64> = line.split_whitespace().map(|number| number.parse().unwrap()).collect();
        let [class, x, y, w, h] = numbers[..] else { panic!("{line}") };
        prop_assert_eq!(class, 0.0);
        prop_assert!(near(x - w / 2.0, left) && near(x + w / 2.0, right), "{line}");
        prop_assert!(near(y - h / 2.0, top) && near(y + h / 2.0, bottom), "{line}");
    }

    #[test]
    fn a_box_of_voc_lies_in_its_picture_and_is_off_by_half_a_pixel_at_most(
        shape in any_box(), width in 1_i64..20_000, height in 1_i64..20_000,
    ) {
        let said = said("a", vec![], vec![region("r", shape.clone(), vec![label("stop", 1.0)])]);
        let input = FrozenInputRow {
            width: Some(width),
            height: Some(height),
            ..picture(1, "sign", vec![said])
        };
        let document = written(Format::Voc, &[input])["Annotations/sign.xml"].clone();
        let number = |tag: &str| -> f64 {
            let (_, rest) = document.split_once(&format!("<{tag}>")).unwrap();
            rest.split_once('<').unwrap().0.parse().unwrap()
        };
        let Shape::Box { left, right, .. } = shape else { unreachable!() };
        let (first, last, width) = (number("xmin"), number("xmax"), width as f64);
        prop_assert!(1.0 <= first && first <= last && last <= width, "{first} {last}");
        prop_assert!(1.0 <= number("ymin") && number("ymin") <= number("ymax") && number("ymax") <= height as f64);
        // A box that is thinner than a pixel has one all the same.
        prop_assert!((first - 1.0 - f64::from(left) * width).abs() <= 1.0);
        prop_assert!((last - f64::from(right) * width).abs() <= 1.0);
    }

    #[test]
    fn files_of_different_inputs_have_different_names_that_lead_nowhere(one in "[^/\\x00-\\x1f]{1,128}", other in "[^/\\x00-\\x1f]{1,128}") {
        let (first, second) = (picture(1, &one, vec![]), picture(2, &other, vec![]));
        let (a, b) = (names::stem(&first), names::stem(&second));
        prop_assert_eq!(a == b, one == other && !a.starts_with('~'));
        for name in [a, b] {
            prop_assert!(name.len() <= 200 && !name.starts_with('.') && !name.is_empty(), "{name}");
            prop_assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-%~".contains(&byte)), "{name}");
        }
    }
}
