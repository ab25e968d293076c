//! Places on earth: degrees inside, `Geo` on the wire.

use atelier_contract::Failure;
use atelier_contract::proto::{Geo, GeoBoxedPoint, GeoLimit, GeoPoint};
use atelier_domain::place::{Area, Circle, Unit};
use atelier_domain::{Filter, Place};

/// The place that an input has.
///
/// # Errors
/// When there is none, or it says more than where.
pub(super) fn read(geo: Geo) -> Result<Place, Failure> {
    if geo.geo_limit.is_some() || !geo.geo_box.is_empty() {
        return Err(Failure::invalid(
            "data.geo.geo_limit and geo_box are for searches: an input has a geo_point",
        ));
    }
    let point = geo.geo_point.ok_or_else(|| Failure::invalid("data.geo must have a geo_point"))?;
    read_point(point)
}

fn read_point(point: GeoPoint) -> Result<Place, Failure> {
    let place = Place::new(exact(point.latitude), exact(point.longitude));
    place.map_err(|error| Failure::invalid(format!("data.geo.geo_point.{error}")))
}

/// The number that somebody wrote, rather than the nearest one that the wire has: 52.52 is no sum of a few halves.
fn exact(degrees: f32) -> f64 {
    degrees.to_string().parse().unwrap_or_else(|_| f64::from(degrees))
}

/// A place as the wire shows it.
pub(super) fn write(place: Place) -> Geo {
    Geo { geo_point: Some(write_point(place)), ..Geo::default() }
}

fn write_point(place: Place) -> GeoPoint {
    GeoPoint { longitude: place.longitude() as f32, latitude: place.latitude() as f32 }
}

/// What a search asks for: within a limit of a point, or between two corners.
///
/// # Errors
/// When it asks for neither, for both, or by a limit that there is not.
pub(super) fn read_filter(geo: Geo) -> Result<Filter, Failure> {
    match (geo.geo_point, geo.geo_limit, geo.geo_box.as_slice()) {
        (Some(point), Some(limit), []) => {
            let unit = Unit::ALL.into_iter().find(|unit| unit.wire() == limit.r#type).ok_or_else(|| {
                let known = Unit::ALL.map(Unit::wire).join(", ");
                Failure::invalid(format!("data.geo.geo_limit.type must be one of {known}"))
            })?;
            let circle = Circle::new(read_point(point)?, exact(limit.value), unit);
            let wrong = |error| Failure::invalid(format!("data.geo.geo_limit.value {error}"));
            Ok(Filter::Near(circle.map_err(wrong)?))
        }
        (None, None, [one, other]) => {
            let corner = |corner: &GeoBoxedPoint| {
                let point = corner.geo_point.ok_or_else(|| {
                    Failure::invalid("data.geo.geo_box must have a geo_point for each of its two corners")
                })?;
                read_point(point)
            };
            area(corner(one)?, corner(other)?).map(Filter::Within)
        }
        _ => Err(Failure::invalid(
            "data.geo must have a geo_point with a geo_limit, or a geo_box of two corners, to be searched by",
        )),
    }
}

/// The area between two corners, whichever of them is the northern one. The western one comes first.
fn area(west: Place, east: Place) -> Result<Area, Failure> {
    let (south, north) = (west.latitude().min(east.latitude()), west.latitude().max(east.latitude()));
    let corners = (Place::new(south, west.longitude()), Place::new(north, east.longitude()));
    let (Ok(from), Ok(to)) = corners else { return Err(Failure::invalid("data.geo.geo_box is no area")) };
    Area::new(from, to).map_err(|error| Failure::invalid(format!("data.geo.geo_box: {error}")))
}

/// A circle as a search asks for it.
pub(super) fn write_circle(circle: Circle) -> Geo {
    let limit = GeoLimit { r#type: circle.unit().wire().into(), value: circle.distance() as f32 };
    Geo { geo_limit: Some(limit), ..write(circle.middle()) }
}

/// An area as a search asks for it.
pub(super) fn write_area(area: Area) -> Geo {
    let corner = |place| GeoBoxedPoint { geo_point: Some(write_point(place)) };
    Geo { geo_box: vec![corner(area.south_west()), corner(area.north_east())], ..Geo::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_as_it_went() {
        for (latitude, longitude) in [(52.52, 13.405), (-33.868_8, 151.209_3), (0.0, -180.0)] {
            let geo = Geo { geo_point: Some(GeoPoint { longitude, latitude }), ..Geo::default() };
            let place = read(geo.clone()).unwrap();
            assert_eq!(place.latitude().to_string(), latitude.to_string());
            assert_eq!(write(place), geo);
        }
    }

    #[test]
    fn what_is_no_place_is_refused_by_its_field() {
        let details =
            |geo: Geo| atelier_contract::proto::status::Status::from(read(geo).unwrap_err()).details;
        let at =
            |latitude, longitude| Geo { geo_point: Some(GeoPoint { longitude, latitude }), ..Geo::default() };
        assert!(details(at(91.0, 0.0)).contains("data.geo.geo_point.latitude must be between -90 and 90"));
        assert!(details(at(0.0, f32::NAN)).contains("data.geo.geo_point.longitude"));
        assert!(details(Geo::default()).contains("must have a geo_point"));
        let limited = Geo { geo_limit: Some(GeoLimit::default()), ..at(0.0, 0.0) };
        assert!(details(limited).contains("geo_limit"));
    }

    #[test]
    fn corners_may_come_in_either_order_from_north_to_south() {
        let corner =
            |latitude, longitude| GeoBoxedPoint { geo_point: Some(GeoPoint { longitude, latitude }) };
        let across = |one, other| read_filter(Geo { geo_box: vec![one, other], ..Geo::default() });
        let expected = "within(south:-20.0,west:170.0,north:20.0,east:-170.0)";
        for boxed in [
            across(corner(-20.0, 170.0), corner(20.0, -170.0)),
            across(corner(20.0, 170.0), corner(-20.0, -170.0)),
        ] {
            assert_eq!(boxed.unwrap().to_string(), expected);
        }
        assert!(read_filter(Geo::default()).is_err());
    }
}
