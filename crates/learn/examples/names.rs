//! Writes `models/names.i16`: what the name of each concept of the model of pictures is about, as the model of texts reads it.
//! To be run after either of them was made anew: `cargo run -p atelier-learn --example names`.

use std::num::NonZeroUsize;

use atelier_learn::engine::Lanes;
use atelier_learn::public::{self, NAME_SCALE};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let names: Vec<&str> = public::concepts().iter().map(|concept| concept.name).collect();
    let lanes = Lanes::new(std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN));
    let vectors = public::texts()?.embed(&lanes, &names)?;
    #[expect(clippy::cast_possible_truncation, reason = "vectors of length 1 have no number beyond it")]
    let bytes =
        vectors.iter().flatten().flat_map(|number| ((number / NAME_SCALE).round() as i16).to_le_bytes());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/models/names.i16");
    Ok(std::fs::write(path, bytes.collect::<Vec<u8>>())?)
}
