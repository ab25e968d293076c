//! Fits and evaluates what lies in a folder, for a comparison with other programs: `fit FOLDER`.
//!
//! `problem.json` says what it is ([`Asked`]), `train.f32` and `test.f32` are rows of little-endian numbers, `train.labels`
//! and `test.labels` a byte for each example and class: of exclusive classes its number, of concepts 1 for yes, 0 for no
//! and 2 for unknown. `weights.f32` may say by how much each example to be learned from counts. What comes out is written
//! to `result.json` ([`Answered`]).

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

use atelier_learn::linear::{Options, Penalty, Problem, Scaling, fit};
use atelier_learn::quality::{Evaluation, evaluate};
use atelier_learn::{Answer, Rows, Targets};

/// What is to be done.
#[derive(serde::Deserialize)]
struct Asked {
    width: usize,
    classes: usize,
    exclusive: bool,
    scaling: Scaling,
    /// `C`; chosen if it is missing.
    penalty: Option<f64>,
    balanced: bool,
    tolerance: f64,
    iterations: usize,
}

/// What came out.
#[derive(serde::Serialize)]
struct Answered {
    penalty: f64,
    iterations: usize,
    coefficients: Vec<f32>,
    intercepts: Vec<f32>,
    probabilities: Vec<f64>,
    evaluation: Evaluation,
}

/// Labels of either kind.
struct Labels {
    of: Vec<u32>,
    answers: Vec<Answer>,
}

impl Labels {
    fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let bytes = std::fs::read(path)?;
        let answer = |byte: &u8| match byte {
            0 => Answer::No,
            1 => Answer::Yes,
            _ => Answer::Unknown,
        };
        Ok(Self {
            of: bytes.iter().copied().map(u32::from).collect(),
            answers: bytes.iter().map(answer).collect(),
        })
    }

    fn targets(&self, asked: &Asked) -> Targets<'_> {
        if asked.exclusive {
            Targets::Exclusive { classes: asked.classes, of: &self.of }
        } else {
            Targets::Independent { concepts: asked.classes, answers: &self.answers }
        }
    }
}

fn numbers(path: &Path) -> Result<Vec<f32>, Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    let (numbers, rest) = bytes.as_chunks();
    if rest.is_empty() {
        Ok(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    } else {
        Err(format!("{} does not hold whole numbers", path.display()).into())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: fit FOLDER")?;
    let folder = Path::new(&folder);
    let asked: Asked = serde_json::from_slice(&std::fs::read(folder.join("problem.json"))?)?;
    let (train, test) = (numbers(&folder.join("train.f32"))?, numbers(&folder.join("test.f32"))?);
    let learned = Labels::read(&folder.join("train.labels"))?;
    let held = Labels::read(&folder.join("test.labels"))?;
    let weights = folder.join("weights.f32");
    let weights = if weights.exists() { Some(numbers(&weights)?) } else { None };

    let problem = Problem {
        rows: Rows::new(&train, asked.width)?,
        targets: learned.targets(&asked),
        weights: weights.as_deref(),
    };
    let options = Options {
        scaling: asked.scaling,
        penalty: asked.penalty.map_or(Penalty::Chosen, Penalty::Fixed),
        balanced: asked.balanced,
        tolerance: asked.tolerance,
        iterations: asked.iterations,
    };
    let fitted = fit(&problem, &options, &mut |_| ControlFlow::Continue(()))?;
    let probabilities = fitted.model.probabilities(Rows::new(&test, asked.width)?)?;
    let answered = Answered {
        penalty: fitted.penalty,
        iterations: fitted.iterations,
        coefficients: fitted.model.coefficients().to_vec(),
        intercepts: fitted.model.intercepts().to_vec(),
        evaluation: evaluate(held.targets(&asked), &probabilities)?,
        probabilities,
    };
    std::fs::write(folder.join("result.json"), serde_json::to_vec(&answered)?)?;
    Ok(())
}
