//! A folder as Pascal VOC has it: for each picture an XML document.

use atelier_domain::{ResourceId, Shape};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Contents, Draft, Found, Regions, Source, Unreadable, concept, rectangle, slug_of, text};

/// The most elements within one another.
const DEEPEST: usize = 16;

/// What a document says.
#[derive(Debug, Default, PartialEq)]
struct Document {
    file: String,
    width: f64,
    height: f64,
    objects: Vec<Object>,
}

#[derive(Debug, Default, PartialEq)]
struct Object {
    name: String,
    /// The first and the last pixel from the left, then from the top, counted from 1.
    xmin: f64,
    ymin: f64,
    xmax: f64,
    ymax: f64,
}

/// Reads the document at `path`.
///
/// # Errors
/// When there is too much of it.
pub(super) fn read(
    source: &mut Source,
    contents: &Contents,
    path: &str,
    found: &mut Found,
) -> Result<(), Unreadable> {
    let Some(text) = text(source, path, found)? else { return Ok(()) };
    let document = match document(&text) {
        Ok(document) => document,
        Err(why) => {
            found.tell(path, format!("{why}."));
            return Ok(());
        }
    };
    let mut regions = Regions::default();
    for (object, number) in document.objects.iter().zip(1..) {
        match one(object, &document) {
            Ok((shape, concept)) => regions.add(shape, concept, 1.0),
            Err(why) => found.tell(format!("object {number} of {path}"), format!("{why}.")),
        }
    }
    // By the document's own name, if it names no file.
    let file = if document.file.is_empty() { path } else { &document.file };
    found.drafts.push(Draft {
        place: path.to_owned(),
        slug: slug_of(file),
        file: contents.find(file, path).filter(|file| !file.ends_with(".xml")),
        metadata: None,
        made_at: None,
        said: regions.said(path),
    });
    Ok(())
}

fn one(object: &Object, document: &Document) -> Result<(Shape, ResourceId), String> {
    let Document { width, height, .. } = document;
    if *width <= 0.0 || *height <= 0.0 {
        return Err("The document does not say how large the picture is".into());
    }
    let concept = concept(&object.name)?;
    // Some count from 0: their first pixel is before ours.
    let first = |at: f64| (at - 1.0).max(0.0);
    let edges =
        [first(object.xmin) / width, first(object.ymin) / height, object.xmax / width, object.ymax / height];
    Ok((rectangle(edges).map_err(|why| format!("The box {why}"))?, concept))
}

/// What stands in a document.
fn document(text: &str) -> Result<Document, String> {
    let mut reader = Reader::from_str(text);
    let mut document = Document::default();
    // Which elements are open, from the outermost.
    let mut open: Vec<String> = Vec::new();
    let mut content = String::new();
    let broken = |error: &dyn std::fmt::Display| format!("It is no XML: {error}");
    loop {
        match reader.read_event().map_err(|error| broken(&error))? {
            Event::Start(tag) => {
                if open.len() == DEEPEST {
                    return Err("It is nested too deeply".into());
                }
                open.push(String::from_utf8_lossy(tag.name().as_ref()).into_owned());
                content.clear();
                if open.last().is_some_and(|name| name == "object") && open.len() == 2 {
                    document.objects.push(Object::default());
                }
            }
            Event::Text(text) => content.push_str(&text.decode().map_err(|error| broken(&error))?),
            Event::GeneralRef(entity) => {
                let name = entity.decode().map_err(|error| broken(&error))?;
                match (entity.resolve_char_ref(), quick_xml::escape::resolve_predefined_entity(&name)) {
                    (Ok(Some(letter)), _) => content.push(letter),
                    (_, Some(text)) => content.push_str(text),
                    // No others are looked up: they could stand for anything.
                    _ => return Err(format!("It is no XML: it names `&{name};`")),
                }
            }
            Event::End(_) => {
                let names: Vec<&str> = open.iter().map(String::as_str).collect();
                keep(&mut document, &names, content.trim())?;
                open.pop();
                content.clear();
            }
            Event::Eof if open.is_empty() => return Ok(document),
            Event::Eof => return Err("It ends before its end".into()),
            _ => {}
        }
    }
}

/// Takes what stands in the innermost of these elements.
fn keep(document: &mut Document, open: &[&str], content: &str) -> Result<(), String> {
    let number = || content.parse::<f64>().map_err(|_| format!("`{content}` is no number"));
    match open {
        ["annotation", "filename"] => document.file = content.to_owned(),
        ["annotation", "size", "width"] => document.width = number()?,
        ["annotation", "size", "height"] => document.height = number()?,
        ["annotation", "object", rest @ ..] => {
            let Some(object) = document.objects.last_mut() else { return Ok(()) };
            match rest {
                ["name"] => object.name = content.to_owned(),
                ["bndbox", "xmin"] => object.xmin = number()?,
                ["bndbox", "ymin"] => object.ymin = number()?,
                ["bndbox", "xmax"] => object.xmax = number()?,
                ["bndbox", "ymax"] => object.ymax = number()?,
                _ => {}
            }
        }
        [root, ..] if *root != "annotation" => return Err("It is no document of Pascal VOC".into()),
        _ => {}
    }
    Ok(())
}
