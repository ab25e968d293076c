//! What is said of inputs: labels inside, `Data` on the wire.

use atelier_contract::Failure;
use atelier_contract::proto::Region as WireRegion;
use atelier_contract::proto::point::Visibility;
use atelier_contract::proto::{BoundingBox, Concept, Data, Point as WirePoint, Polygon, RegionInfo, Span};
use atelier_domain::id::Salt;
use atelier_domain::{Characters, Label, Labels, PatchAction, Point, Region, ResourceId, Shape};

/// What `data` says. Regions without an identifier get one that `salt` makes. `action` is what will be done with it:
/// what is taken away needs no shape.
///
/// # Errors
/// When it says something that is not kept here: it is refused rather than dropped in silence.
pub(super) fn read(data: Data, action: PatchAction, salt: impl Fn() -> Salt) -> Result<Labels, Failure> {
    refuse_unkept(&data)?;
    let concepts = read_concepts(data.concepts)?;
    let regions = data.regions.into_iter().map(|region| read_region(region, action, &salt));
    Ok(Labels { concepts, regions: regions.collect::<Result<_, _>>()? })
}

/// Names the first thing in `data` that is neither an input's content nor a label.
pub(super) fn refuse_unkept(data: &Data) -> Result<(), Failure> {
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
        ("int_value", data.int_value != 0),
        ("float_value", data.float_value != 0.0),
        ("bool_value", data.bool_value),
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

fn read_region(region: WireRegion, action: PatchAction, salt: &impl Fn() -> Salt) -> Result<Region, Failure> {
    let made = || salt().iter().map(|byte| format!("{byte:02x}")).collect();
    let id: String = if region.id.is_empty() { made() } else { region.id };
    let id = read_id("a region's id", &id)?;
    if !region.track_id.is_empty() {
        return Err(Failure::invalid("regions.track_id is not kept by this server"));
    }
    // People are sure of what they draw. Nothing and 1 both say so.
    if region.value != 0.0 && region.value != 1.0 {
        return Err(Failure::invalid(format!("the region {id} must have the value 1, if any")));
    }
    let data = region.data.unwrap_or_default();
    refuse_unkept(&data)?;
    let holds_more = data.text.is_some() || data.image.is_some() || data.metadata.is_some();
    if holds_more || !data.regions.is_empty() {
        return Err(Failure::invalid(format!("the region {id} may hold concepts only")));
    }
    let shape = match read_shape(region.region_info.unwrap_or_default())? {
        Some(shape) => shape,
        // Nothing looks at the shape of what is taken away.
        None if action == PatchAction::Remove => Shape::Point(Point { row: 0.0, col: 0.0 }),
        None => {
            let why = format!("the region {id} must be a bounding_box, polygon, point or span");
            return Err(Failure::invalid(why));
        }
    };
    Ok(Region { id, shape, labels: read_concepts(data.concepts)? })
}

/// The one shape that is given, if any is.
fn read_shape(info: RegionInfo) -> Result<Option<Shape>, Failure> {
    let unkept = [
        ("mask", info.mask.is_some()),
        ("token", info.token.is_some()),
        ("keypoint_locations", !info.keypoint_locations.is_empty()),
    ];
    if let Some((name, _)) = unkept.iter().find(|(_, given)| *given) {
        return Err(Failure::invalid(format!("region_info.{name} is not kept by this server")));
    }
    let bounding_box = info.bounding_box.map(|edges| Shape::Box {
        top: edges.top_row,
        left: edges.left_col,
        bottom: edges.bottom_row,
        right: edges.right_col,
    });
    let polygon = info.polygon.map(|polygon| {
        let points = polygon.points.into_iter().map(read_point).collect::<Result<_, Failure>>();
        points.map(|points| Shape::Polygon { points })
    });
    let point = info.point.map(read_point).transpose()?.map(Shape::Point);
    // The text beside a span is that of the input, whatever it says.
    let span = info.span.map(|span| Shape::Span { start: span.char_start, end: span.char_end });
    let mut shapes = [bounding_box, polygon.transpose()?, point, span].into_iter().flatten();
    let shape = shapes.next();
    if shapes.next().is_some() {
        return Err(Failure::invalid("region_info must have one shape only"));
    }
    Ok(shape)
}

fn read_point(point: WirePoint) -> Result<Point, Failure> {
    if point.z != 0.0 {
        return Err(Failure::invalid("a point's z is not kept by this server"));
    }
    match point.visibility() {
        // What is drawn can be seen.
        Visibility::NotSet | Visibility::Visible => Ok(Point { row: point.row, col: point.col }),
        Visibility::NotVisible | Visibility::NotPresent => {
            Err(Failure::invalid("a point's visibility is not kept by this server"))
        }
    }
}

fn read_id(what: &str, id: &str) -> Result<ResourceId, Failure> {
    id.parse().map_err(|error| Failure::invalid(format!("{what} {error}")))
}

/// `labels` as `Data`, of an input whose `text` is known if it is one.
pub(super) fn write(labels: Labels, text: Option<&Characters<'_>>) -> Data {
    Data {
        concepts: write_concepts(labels.concepts),
        regions: labels.regions.into_iter().map(|region| write_region(region, text)).collect(),
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

fn write_region(region: Region, text: Option<&Characters<'_>>) -> WireRegion {
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
            let raw = text.and_then(|text| text.between(start, end));
            info.span =
                Some(Span { char_start: start, char_end: end, raw_text: raw.unwrap_or_default().into() });
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
    use atelier_contract::proto::{Frame, Geo, Mask};

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
        assert_eq!(read(write(labels.clone(), None), PatchAction::Merge, || [0; 10]), Ok(labels));
    }

    #[test]
    fn a_region_without_an_id_gets_one() {
        let regions = vec![region("r", Shape::Span { start: 0, end: 1 })];
        let mut data = write(Labels { concepts: Vec::new(), regions }, None);
        data.regions[0].id.clear();
        assert_eq!(
            read(data, PatchAction::Merge, || [7; 10]).unwrap().regions[0].id.as_str(),
            "07".repeat(10)
        );
    }

    #[test]
    fn what_is_not_kept_is_refused_by_name() {
        let refusal = |data: Data| {
            atelier_contract::proto::status::Status::from(
                read(data, PatchAction::Merge, || [0; 10]).unwrap_err(),
            )
        };
        let frames = Data { frames: vec![Frame::default()], ..Data::default() };
        assert!(refusal(frames).details.contains("data.frames"));
        let geo = Data { geo: Some(Geo::default()), ..Data::default() };
        assert!(refusal(geo).details.contains("data.geo"));
        let shapeless = Data { regions: vec![WireRegion::default()], ..Data::default() };
        assert!(refusal(shapeless).details.contains("must be a bounding_box"));
    }

    #[test]
    fn no_part_of_a_shape_is_dropped_in_silence() {
        let spot = || Some(WirePoint { row: 0.5, col: 0.5, ..WirePoint::default() });
        let read_one = |info: RegionInfo, action| {
            let region = WireRegion { id: "r".into(), region_info: Some(info), ..WireRegion::default() };
            read(Data { regions: vec![region], ..Data::default() }, action, || [0; 10])
        };
        let visible = WirePoint { visibility: Visibility::Visible.into(), ..spot().unwrap() };
        let point = RegionInfo { point: Some(visible), ..RegionInfo::default() };
        assert!(read_one(point, PatchAction::Merge).is_ok(), "official clients say that corners are visible");
        for info in [
            RegionInfo { point: spot(), span: Some(Span::default()), ..RegionInfo::default() },
            RegionInfo { point: spot(), mask: Some(Mask::default()), ..RegionInfo::default() },
            RegionInfo {
                point: spot(),
                keypoint_locations: vec![WirePoint::default()],
                ..RegionInfo::default()
            },
            RegionInfo { point: Some(WirePoint { z: 1.0, ..spot().unwrap() }), ..RegionInfo::default() },
        ] {
            assert!(read_one(info.clone(), PatchAction::Merge).is_err(), "{info:?}");
        }
        assert!(read_one(RegionInfo::default(), PatchAction::Remove).is_ok(), "its id says which one");
    }
}
