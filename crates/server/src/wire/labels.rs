//! What is said of inputs: labels inside, `Data` on the wire.

use atelier_contract::Failure;
use atelier_contract::proto::Region as WireRegion;
use atelier_contract::proto::{BoundingBox, Concept, Data, Point as WirePoint, Polygon, RegionInfo, Span};
use atelier_domain::id::Salt;
use atelier_domain::{Label, Labels, Point, Region, ResourceId, Shape};

/// What `data` says. Regions without an identifier get one that `salt` makes.
///
/// # Errors
/// When it says something that is not kept here: it is refused rather than dropped in silence.
pub(super) fn read(data: Data, salt: impl Fn() -> Salt) -> Result<Labels, Failure> {
    refuse_unkept(&data)?;
    let concepts = read_concepts(data.concepts)?;
    let regions = data.regions.into_iter().map(|region| read_region(region, &salt));
    Ok(Labels { concepts, regions: regions.collect::<Result<_, _>>()? })
}

/// Names the first thing in `data` that is neither an input's content nor a label.
fn refuse_unkept(data: &Data) -> Result<(), Failure> {
    let unkept = [
        ("video", data.video.is_some()),
        ("audio", data.audio.is_some()),
        ("geo", data.geo.is_some()),
        ("colors", !data.colors.is_empty()),
        ("clusters", !data.clusters.is_empty()),
        ("embeddings", !data.embeddings.is_empty()),
        ("frames", !data.frames.is_empty()),
        ("tracks", !data.tracks.is_empty()),
        ("time_segments", !data.time_segments.is_empty()),
        ("hits", !data.hits.is_empty()),
        ("heatmaps", !data.heatmaps.is_empty()),
        ("parts", !data.parts.is_empty()),
        ("ndarray", data.ndarray.is_some()),
        ("bytes_value", !data.bytes_value.is_empty()),
        ("string_value", !data.string_value.is_empty()),
        ("struct_value", data.struct_value.is_some()),
    ];
    match unkept.iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(Failure::invalid(format!("data.{name} is not kept by this server"))),
        None => Ok(()),
    }
}

fn read_concepts(concepts: Vec<Concept>) -> Result<Vec<Label>, Failure> {
    let label = |concept: Concept| {
        let id = if concept.id.is_empty() { concept.name } else { concept.id };
        Ok(Label { concept: read_id("a concept's id", &id)?, value: concept.value })
    };
    concepts.into_iter().map(label).collect()
}

fn read_region(region: WireRegion, salt: &impl Fn() -> Salt) -> Result<Region, Failure> {
    let made = || salt().iter().map(|byte| format!("{byte:02x}")).collect();
    let id: String = if region.id.is_empty() { made() } else { region.id };
    let id = read_id("a region's id", &id)?;
    let data = region.data.unwrap_or_default();
    refuse_unkept(&data)?;
    if data.text.is_some() || data.image.is_some() || !data.regions.is_empty() {
        return Err(Failure::invalid(format!("the region {id} may hold concepts only")));
    }
    let shape = read_shape(region.region_info.unwrap_or_default()).ok_or_else(|| {
        Failure::invalid(format!("the region {id} must be a bounding_box, polygon, point or span"))
    })?;
    Ok(Region { id, shape, labels: read_concepts(data.concepts)? })
}

fn read_shape(info: RegionInfo) -> Option<Shape> {
    let point = |point: WirePoint| Point { row: point.row, col: point.col };
    match info {
        RegionInfo { bounding_box: Some(edges), .. } => Some(Shape::Box {
            top: edges.top_row,
            left: edges.left_col,
            bottom: edges.bottom_row,
            right: edges.right_col,
        }),
        RegionInfo { polygon: Some(polygon), .. } => {
            Some(Shape::Polygon { points: polygon.points.into_iter().map(point).collect() })
        }
        RegionInfo { point: Some(spot), .. } => Some(Shape::Point(point(spot))),
        RegionInfo { span: Some(span), .. } => {
            Some(Shape::Span { start: span.char_start, end: span.char_end })
        }
        _ => None,
    }
}

fn read_id(what: &str, id: &str) -> Result<ResourceId, Failure> {
    id.parse().map_err(|error| Failure::invalid(format!("{what} {error}")))
}

/// `labels` as `Data`.
pub(super) fn write(labels: Labels) -> Data {
    Data {
        concepts: write_concepts(labels.concepts),
        regions: labels.regions.into_iter().map(write_region).collect(),
        ..Data::default()
    }
}

fn write_concepts(labels: Vec<Label>) -> Vec<Concept> {
    let concept = |label: Label| Concept {
        id: label.concept.to_string(),
        name: label.concept.to_string(),
        value: label.value,
        ..Concept::default()
    };
    labels.into_iter().map(concept).collect()
}

fn write_region(region: Region) -> WireRegion {
    let point = |point: Point| WirePoint { row: point.row, col: point.col, ..WirePoint::default() };
    let mut info = RegionInfo::default();
    match region.shape {
        Shape::Box { top, left, bottom, right } => {
            info.bounding_box =
                Some(BoundingBox { top_row: top, left_col: left, bottom_row: bottom, right_col: right });
        }
        Shape::Polygon { points } => {
            info.polygon = Some(Polygon { points: points.into_iter().map(point).collect() });
        }
        Shape::Point(spot) => info.point = Some(point(spot)),
        Shape::Span { start, end } => {
            info.span = Some(Span { char_start: start, char_end: end, ..Span::default() });
        }
    }
    let data = Data { concepts: write_concepts(region.labels), ..Data::default() };
    WireRegion {
        id: region.id.to_string(),
        region_info: Some(info),
        data: Some(data),
        value: 1.0,
        ..WireRegion::default()
    }
}

#[cfg(test)]
mod tests {
    use atelier_contract::proto::{Frame, Geo};

    use super::*;

    fn region(id: &str, shape: Shape) -> Region {
        let stop = Label { concept: "stop".parse().unwrap(), value: 0.5 };
        Region { id: id.parse().unwrap(), shape, labels: vec![stop] }
    }

    #[test]
    fn every_shape_comes_back_as_it_went() {
        let spot = |row, col| Point { row, col };
        let labels = Labels {
            concepts: vec![Label { concept: "sign".parse().unwrap(), value: 1.0 }],
            regions: vec![
                region("box", Shape::Box { top: 0.1, left: 0.2, bottom: 0.3, right: 0.4 }),
                region(
                    "polygon",
                    Shape::Polygon { points: vec![spot(0.0, 0.0), spot(0.0, 1.0), spot(1.0, 0.5)] },
                ),
                region("point", Shape::Point(spot(0.5, 0.5))),
                region("span", Shape::Span { start: 3, end: 9 }),
            ],
        };
        assert_eq!(read(write(labels.clone()), || [0; 10]), Ok(labels));
    }

    #[test]
    fn a_region_without_an_id_gets_one() {
        let mut data = write(Labels {
            concepts: Vec::new(),
            regions: vec![region("r", Shape::Span { start: 0, end: 1 })],
        });
        data.regions[0].id.clear();
        assert_eq!(read(data, || [7; 10]).unwrap().regions[0].id.as_str(), "07".repeat(10));
    }

    #[test]
    fn what_is_not_kept_is_refused_by_name() {
        let refusal =
            |data: Data| atelier_contract::proto::status::Status::from(read(data, || [0; 10]).unwrap_err());
        let frames = Data { frames: vec![Frame::default()], ..Data::default() };
        assert!(refusal(frames).details.contains("data.frames"));
        let geo = Data { geo: Some(Geo::default()), ..Data::default() };
        assert!(refusal(geo).details.contains("data.geo"));
        let shapeless = Data { regions: vec![WireRegion::default()], ..Data::default() };
        assert!(refusal(shapeless).details.contains("must be a bounding_box"));
    }
}
