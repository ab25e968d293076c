//! What somebody draws: the regions, which one is taken up, and the way back.

use atelier_domain::{Label, Region, ResourceId, Shape};

/// How many steps back are kept.
const STEPS: usize = 200;

/// The regions of an input while they are drawn. Each change can be undone, and done again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    regions: Vec<Region>,
    chosen: Option<ResourceId>,
    past: Vec<Vec<Region>>,
    future: Vec<Vec<Region>>,
    /// The region that the last change nudged: further nudges of it are the same step.
    nudged: Option<ResourceId>,
}

impl Drawing {
    /// What is there already, with no step back.
    pub fn new(regions: Vec<Region>) -> Self {
        Self { regions, ..Self::default() }
    }

    /// The regions, in the order in which they were drawn.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The region that is taken up.
    pub fn chosen(&self) -> Option<&Region> {
        let chosen = self.chosen.as_ref()?;
        self.regions.iter().find(|region| region.id == *chosen)
    }

    /// Takes a region up, or lays down the one that is.
    pub fn choose(&mut self, id: Option<ResourceId>) {
        self.chosen = id;
        self.nudged = None;
    }

    /// Takes up the next region, or the one before; after the last comes the first.
    pub fn choose_beside(&mut self, is_forth: bool) {
        let count = self.regions.len();
        if count == 0 {
            return;
        }
        let place = self.regions.iter().position(|region| Some(&region.id) == self.chosen.as_ref());
        let next = match (place, is_forth) {
            (None, true) => 0,
            (None, false) => count - 1,
            (Some(place), true) => (place + 1) % count,
            (Some(place), false) => (place + count - 1) % count,
        };
        self.choose(self.regions.get(next).map(|region| region.id.clone()));
    }

    /// Adds a region, and takes it up.
    pub fn add(&mut self, region: Region) {
        self.step();
        self.chosen = Some(region.id.clone());
        self.regions.push(region);
    }

    /// Gives a region another shape.
    pub fn reshape(&mut self, id: &ResourceId, shape: Shape) {
        self.step();
        self.set_shape(id, shape);
    }

    /// The same by a key: those that follow one another are one step.
    pub fn nudge(&mut self, id: &ResourceId, shape: Shape) {
        if self.nudged.as_ref() != Some(id) {
            self.step();
            self.nudged = Some(id.clone());
        }
        self.set_shape(id, shape);
    }

    fn set_shape(&mut self, id: &ResourceId, shape: Shape) {
        if let Some(region) = self.regions.iter_mut().find(|region| region.id == *id) {
            region.shape = shape;
        }
    }

    /// Says that `concept` is in a region, and nothing else.
    pub fn say(&mut self, id: &ResourceId, concept: ResourceId) {
        if self.regions.iter().any(|region| region.id == *id && region.concept() == Some(&concept)) {
            return;
        }
        self.step();
        if let Some(region) = self.regions.iter_mut().find(|region| region.id == *id) {
            region.labels = vec![Label { concept, value: 1.0 }];
        }
    }

    /// Takes a region away.
    pub fn remove(&mut self, id: &ResourceId) {
        self.step();
        self.regions.retain(|region| region.id != *id);
    }

    /// Takes back the last change, if there is one.
    pub fn undo(&mut self) {
        if let Some(before) = self.past.pop() {
            self.future.push(std::mem::replace(&mut self.regions, before));
            self.nudged = None;
        }
    }

    /// Makes what was taken back again, if anything was.
    pub fn redo(&mut self) {
        if let Some(after) = self.future.pop() {
            self.past.push(std::mem::replace(&mut self.regions, after));
            self.nudged = None;
        }
    }

    /// Puts others in the place of all regions, as one step.
    pub fn replace(&mut self, regions: Vec<Region>) {
        if self.regions != regions {
            self.step();
            self.regions = regions;
        }
    }

    /// Brings in what others have changed, as if it had been so from the beginning: no step back undoes it. Answers
    /// what `bring_in` answers of the regions as they are now.
    pub fn absorb<T>(&mut self, mut bring_in: impl FnMut(&mut Vec<Region>) -> T) -> T {
        for regions in self.past.iter_mut().chain(&mut self.future) {
            bring_in(regions);
        }
        bring_in(&mut self.regions)
    }

    /// The regions as they were before the last change.
    pub fn undone(&self) -> Option<&[Region]> {
        self.past.last().map(Vec::as_slice)
    }

    /// The regions as they were before the last step back.
    pub fn redone(&self) -> Option<&[Region]> {
        self.future.last().map(Vec::as_slice)
    }

    /// Whether there is something to take back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to make again.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Keeps what is there as a step to come back to.
    fn step(&mut self) {
        if self.past.len() == STEPS {
            self.past.remove(0);
        }
        self.past.push(self.regions.clone());
        self.future.clear();
        self.nudged = None;
    }
}

#[cfg(test)]
mod tests {
    use atelier_domain::Point;

    use super::*;

    fn id(text: &str) -> ResourceId {
        text.parse().unwrap()
    }

    fn point(name: &str, col: f32) -> Region {
        let labels = vec![Label { concept: id("stop"), value: 1.0 }];
        Region { id: id(name), shape: Shape::Point(Point { row: 0.5, col }), labels }
    }

    fn names(drawing: &Drawing) -> Vec<&str> {
        drawing.regions().iter().map(|region| region.id.as_str()).collect()
    }

    #[test]
    fn each_change_is_undone_and_made_again() {
        let start = Drawing::new(vec![point("a", 0.1)]);
        let mut drawing = start.clone();
        assert!(!drawing.can_undo() && !drawing.can_redo());
        drawing.add(point("b", 0.2));
        drawing.reshape(&id("a"), Shape::Point(Point { row: 0.0, col: 0.0 }));
        drawing.say(&id("b"), id("yield"));
        drawing.remove(&id("a"));
        drawing.replace(vec![point("d", 0.4)]);
        let end = drawing.regions().to_vec();
        assert_eq!(names(&drawing), ["d"]);
        for _ in 0..9 {
            drawing.undo();
        }
        assert_eq!(drawing.regions(), start.regions());
        for _ in 0..9 {
            drawing.redo();
        }
        assert_eq!(drawing.regions(), end);
        drawing.undo();
        drawing.add(point("c", 0.3));
        assert!(!drawing.can_redo(), "what was taken back is another story now");
    }

    #[test]
    fn nudges_of_one_region_are_one_step() {
        let mut drawing = Drawing::new(vec![point("a", 0.1), point("b", 0.1)]);
        for (name, col) in [("a", 0.2), ("a", 0.3), ("b", 0.2), ("b", 0.3)] {
            drawing.nudge(&id(name), point(name, col).shape);
        }
        drawing.undo();
        assert_eq!(drawing.regions(), [point("a", 0.3), point("b", 0.1)]);
        drawing.undo();
        assert_eq!(drawing.regions(), [point("a", 0.1), point("b", 0.1)]);
        assert!(!drawing.can_undo());
    }

    #[test]
    fn what_others_change_is_not_undone() {
        let mut drawing = Drawing::new(vec![point("theirs", 0.1)]);
        drawing.add(point("mine", 0.2));
        let count = drawing.absorb(|regions| {
            regions.retain(|region| region.id != id("theirs"));
            regions.push(point("new", 0.3));
            regions.len()
        });
        assert_eq!((count, names(&drawing)), (2, vec!["mine", "new"]));
        assert_eq!(drawing.undone(), Some([point("new", 0.3)].as_slice()));
        drawing.undo();
        assert_eq!(names(&drawing), ["new"]);
        assert_eq!(drawing.redone().map(<[Region]>::len), Some(2));
        drawing.redo();
        assert_eq!(names(&drawing), ["mine", "new"]);
    }

    #[test]
    fn saying_the_same_again_is_no_step() {
        let mut drawing = Drawing::new(vec![point("a", 0.1)]);
        drawing.say(&id("a"), id("stop"));
        assert!(!drawing.can_undo());
    }

    #[test]
    fn after_the_last_region_comes_the_first() {
        let mut drawing = Drawing::new(vec![point("a", 0.1), point("b", 0.2)]);
        let mut seen = Vec::new();
        for is_forth in [true, true, true, false, false] {
            drawing.choose_beside(is_forth);
            seen.push(drawing.chosen().map(|region| region.id.to_string()).unwrap_or_default());
        }
        assert_eq!(seen, ["a", "b", "a", "b", "a"]);
        drawing.remove(&id("a"));
        assert_eq!(drawing.chosen(), None, "what is gone is not taken up");
        Drawing::default().choose_beside(true);
    }

    #[test]
    fn only_so_many_steps_are_kept() {
        let mut drawing = Drawing::new(Vec::new());
        for step in 0..STEPS + 5 {
            drawing.add(point(&format!("r{step}"), 0.5));
        }
        for _ in 0..STEPS + 5 {
            drawing.undo();
        }
        assert_eq!(drawing.regions().len(), 5);
    }
}
