//! Places on earth, and how far they lie from one another.
//!
//! A place is kept with the unit vector that points to it from the middle of the earth: whether two places are within a
//! distance is then told by products and sums alone, which memory and both databases compute in the same way.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The earth's mean radius, in kilometers.
const RADIUS: f64 = 6_371.008_8;

/// How many kilometers a mile has.
const MILE: f64 = 1.609_344;

/// A place on earth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Degrees", into = "Degrees")]
pub struct Place {
    latitude: f64,
    longitude: f64,
}

/// A place as it is written.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Degrees {
    latitude: f64,
    longitude: f64,
}

impl TryFrom<Degrees> for Place {
    type Error = InvalidPlace;

    fn try_from(degrees: Degrees) -> Result<Self, InvalidPlace> {
        Self::new(degrees.latitude, degrees.longitude)
    }
}

impl From<Place> for Degrees {
    fn from(place: Place) -> Self {
        Self { latitude: place.latitude, longitude: place.longitude }
    }
}

/// Why numbers are no place, in words that follow the field's name.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum InvalidPlace {
    /// No such latitude.
    #[error("latitude must be between -90 and 90, and is {0}")]
    Latitude(f64),
    /// No such longitude.
    #[error("longitude must be between -180 and 180, and is {0}")]
    Longitude(f64),
}

impl Place {
    /// The place at so many degrees north and east.
    ///
    /// # Errors
    /// When one of them is out of range, or no number.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, InvalidPlace> {
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(InvalidPlace::Latitude(latitude));
        }
        if !(-180.0..=180.0).contains(&longitude) {
            return Err(InvalidPlace::Longitude(longitude));
        }
        // There is one zero only.
        Ok(Self { latitude: latitude + 0.0, longitude: longitude + 0.0 })
    }

    /// Degrees north of the equator; south of it they are negative.
    #[must_use]
    pub const fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east of Greenwich; west of it they are negative.
    #[must_use]
    pub const fn longitude(self) -> f64 {
        self.longitude
    }

    /// The vector of length 1 that points to it from the middle of the earth.
    #[must_use]
    pub fn direction(self) -> [f64; 3] {
        let (north, east) = (self.latitude.to_radians(), self.longitude.to_radians());
        [north.cos() * east.cos(), north.cos() * east.sin(), north.sin()]
    }
}

impl fmt::Display for Place {
    /// To five places, which is about a meter.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |degrees: f64| (degrees * 100_000.0).round() / 100_000.0;
        write!(f, "{}, {}", short(self.latitude), short(self.longitude))
    }
}

/// In what a distance is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Kilometers.
    Kilometers,
    /// Miles.
    Miles,
    /// Degrees of a great circle.
    Degrees,
    /// Radians of a great circle.
    Radians,
}

impl Unit {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Kilometers, Self::Miles, Self::Degrees, Self::Radians];

    /// Its name in the text of a filter.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kilometers => "km",
            Self::Miles => "miles",
            Self::Degrees => "degrees",
            Self::Radians => "radians",
        }
    }

    /// How the wire names a limit in it.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Kilometers => "withinKilometers",
            Self::Miles => "withinMiles",
            Self::Degrees => "withinDegrees",
            Self::Radians => "withinRadians",
        }
    }
}

/// Everything within a distance of a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    middle: Place,
    distance: f64,
    unit: Unit,
}

/// That a distance is none, in words that follow its name.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("must be a distance of 0 or more, and is {0}")]
pub struct InvalidDistance(f64);

impl Circle {
    /// What is within `distance`, in `unit`, of `middle`.
    ///
    /// # Errors
    /// When the distance is negative, endless or no number.
    pub fn new(middle: Place, distance: f64, unit: Unit) -> Result<Self, InvalidDistance> {
        if !distance.is_finite() || distance < 0.0 {
            return Err(InvalidDistance(distance));
        }
        Ok(Self { middle, distance: distance + 0.0, unit })
    }

    /// Its middle.
    #[must_use]
    pub const fn middle(self) -> Place {
        self.middle
    }

    /// How far it reaches, in its unit.
    #[must_use]
    pub const fn distance(self) -> f64 {
        self.distance
    }

    /// In what that is measured.
    #[must_use]
    pub const fn unit(self) -> Unit {
        self.unit
    }

    /// How far it reaches, as an angle seen from the middle of the earth: at most half a turn, which is everything.
    fn angle(self) -> f64 {
        let angle = match self.unit {
            Unit::Kilometers => self.distance / RADIUS,
            Unit::Miles => self.distance * MILE / RADIUS,
            Unit::Degrees => self.distance.to_radians(),
            Unit::Radians => self.distance,
        };
        angle.min(std::f64::consts::PI)
    }

    /// The square of how far, in a straight line, the [direction](Place::direction) of a place may be from that of
    /// the middle.
    #[must_use]
    pub fn chord_squared(self) -> f64 {
        let half = (self.angle() / 2.0).sin();
        // What is at the very distance is within it, however its sine is rounded.
        4.0 * half * half * (1.0 + 1e-12) + 1e-24
    }

    /// The lowest and the highest latitude within it: what lies elsewhere need not be measured.
    #[must_use]
    pub fn latitudes(self) -> (f64, f64) {
        // A little more than it is, since it is rounded.
        let degrees = self.angle().to_degrees() * (1.0 + 1e-9) + 1e-9;
        ((self.middle.latitude - degrees).max(-90.0), (self.middle.latitude + degrees).min(90.0))
    }

    /// Whether a place is within it.
    #[must_use]
    pub fn contains(self, place: Place) -> bool {
        let (lowest, highest) = self.latitudes();
        let ([x, y, z], [a, b, c]) = (place.direction(), self.middle.direction());
        let chord = (x - a) * (x - a) + (y - b) * (y - b) + (z - c) * (z - c);
        (lowest..=highest).contains(&place.latitude) && chord <= self.chord_squared()
    }
}

/// Everything between two latitudes and two longitudes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    south_west: Place,
    north_east: Place,
}

/// That the corners of an area are no corners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the northern edge must not lie south of the southern one")]
pub struct InvalidArea;

impl Area {
    /// The area from one corner to the other. Where its western edge lies east of its eastern one, it reaches across
    /// the line opposite to Greenwich.
    ///
    /// # Errors
    /// When north is south of south.
    pub fn new(south_west: Place, north_east: Place) -> Result<Self, InvalidArea> {
        if north_east.latitude < south_west.latitude {
            return Err(InvalidArea);
        }
        Ok(Self { south_west, north_east })
    }

    /// Its corner in the south and west.
    #[must_use]
    pub const fn south_west(self) -> Place {
        self.south_west
    }

    /// Its corner in the north and east.
    #[must_use]
    pub const fn north_east(self) -> Place {
        self.north_east
    }

    /// Whether it reaches across the line opposite to Greenwich.
    #[must_use]
    pub fn is_across(self) -> bool {
        self.south_west.longitude > self.north_east.longitude
    }

    /// Whether a place is within it, its edges included.
    #[must_use]
    pub fn contains(self, place: Place) -> bool {
        let is_east = place.longitude >= self.south_west.longitude;
        let is_west = place.longitude <= self.north_east.longitude;
        let is_between = if self.is_across() { is_east || is_west } else { is_east && is_west };
        (self.south_west.latitude..=self.north_east.latitude).contains(&place.latitude) && is_between
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(latitude: f64, longitude: f64) -> Place {
        Place::new(latitude, longitude).unwrap()
    }

    #[test]
    fn a_place_lies_on_earth() {
        for (latitude, longitude) in [(90.0, 180.0), (-90.0, -180.0), (0.0, -0.0)] {
            assert!(Place::new(latitude, longitude).is_ok());
        }
        assert_eq!(Place::new(90.1, 0.0), Err(InvalidPlace::Latitude(90.1)));
        assert_eq!(Place::new(0.0, -180.5), Err(InvalidPlace::Longitude(-180.5)));
        assert!(Place::new(f64::NAN, 0.0).is_err() && Place::new(0.0, f64::INFINITY).is_err());
        assert_eq!(place(52.52, 13.405).to_string(), "52.52, 13.405");
        assert!(place(-0.0, -0.0).latitude().is_sign_positive());
        assert!(serde_json::from_str::<Place>(r#"{"latitude":91,"longitude":0}"#).is_err());
        let kept = serde_json::to_string(&place(1.5, -2.25)).unwrap();
        assert_eq!(serde_json::from_str::<Place>(&kept).unwrap(), place(1.5, -2.25));
    }

    #[test]
    fn a_circle_is_as_large_as_its_distance_in_any_unit() {
        // From Berlin to Paris it is 878 km, which are 545 miles or 7.9 degrees.
        let (berlin, paris) = (place(52.52, 13.405), place(48.8566, 2.3522));
        for (near, far, unit) in [
            (876.0, 880.0, Unit::Kilometers),
            (544.0, 547.0, Unit::Miles),
            (7.88, 7.91, Unit::Degrees),
            (0.1375, 0.1381, Unit::Radians),
        ] {
            let within = |distance| Circle::new(berlin, distance, unit).unwrap().contains(paris);
            assert!(within(far) && !within(near), "{unit:?}");
        }
        assert!(Circle::new(berlin, 0.0, Unit::Kilometers).unwrap().contains(berlin));
        assert!(Circle::new(berlin, 30_000.0, Unit::Kilometers).unwrap().contains(place(-52.52, -166.595)));
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(Circle::new(berlin, bad, Unit::Miles).is_err());
        }
    }

    #[test]
    fn a_circle_reaches_over_poles_and_lines() {
        let fiji = Circle::new(place(-17.0, 179.9), 50.0, Unit::Kilometers).unwrap();
        assert!(fiji.contains(place(-17.0, -179.9)) && !fiji.contains(place(-17.0, -179.0)));
        let pole = Circle::new(place(89.9, 0.0), 30.0, Unit::Kilometers).unwrap();
        assert!(pole.contains(place(89.9, 180.0)) && !pole.contains(place(89.5, 180.0)));
        assert_eq!(pole.latitudes().1, 90.0);
    }

    #[test]
    fn an_area_may_reach_across_the_line_opposite_to_greenwich() {
        let europe = Area::new(place(35.0, -10.0), place(70.0, 40.0)).unwrap();
        assert!(europe.contains(place(52.0, 13.0)) && !europe.contains(place(52.0, 41.0)));
        let pacific = Area::new(place(-20.0, 170.0), place(20.0, -170.0)).unwrap();
        assert!(pacific.is_across() && pacific.contains(place(0.0, 180.0)));
        assert!(pacific.contains(place(0.0, -175.0)) && !pacific.contains(place(0.0, 0.0)));
        assert_eq!(Area::new(place(1.0, 0.0), place(0.0, 0.0)), Err(InvalidArea));
    }
}
