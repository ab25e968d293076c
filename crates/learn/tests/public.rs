//! The public models give what onnxruntime gives, for what `models/rebuild` drew and wrote.

use std::num::NonZeroUsize;

use atelier_learn::engine::Lanes;
use atelier_learn::picture::Prepared;
use atelier_learn::public::{self, PICTURE_WIDTH, Seen, TEXT_WIDTH, concepts};
use atelier_learn::words::{MOST_PIECES, Vocabulary};

const CLASSES: usize = 1000;
const VOCABULARY: &str = include_str!("../models/vocabulary.txt");

/// Numbers as the script wrote them.
fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

/// How much two vectors point the same way.
fn cosine(left: &[f32], right: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    assert_eq!(left.len(), right.len());
    dot(left, right) / (dot(left, left) * dot(right, right)).sqrt()
}

/// The most by which numbers differ.
fn apart(left: &[f32], right: &[f32]) -> f32 {
    assert_eq!(left.len(), right.len());
    left.iter().zip(right).map(|(left, right)| (left - right).abs()).fold(0.0, f32::max)
}

fn best(probabilities: &[f32]) -> usize {
    (0..probabilities.len()).max_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b])).unwrap()
}

fn drawn() -> Vec<Prepared> {
    let files: [&[u8]; 4] = [
        include_bytes!("data/waves.png"),
        include_bytes!("data/ball.png"),
        include_bytes!("data/board.png"),
        include_bytes!("data/small.png"),
    ];
    files.map(|file| Prepared::new(&image::load_from_memory(file).unwrap().into_rgb8()).unwrap()).to_vec()
}

fn sentences() -> Vec<&'static str> {
    include_str!("data/sentences.txt").lines().collect()
}

fn look(pictures: &[Prepared]) -> Vec<Seen> {
    public::pictures().unwrap().look(&Lanes::one(), pictures).unwrap()
}

fn embed(texts: &[&str]) -> Vec<Vec<f32>> {
    public::texts().unwrap().embed(&Lanes::one(), texts).unwrap()
}

/// How near what is seen has to come, for each of the pictures: those that become smaller do so to within one of 255
/// steps as Pillow makes them; of the last, which becomes larger, Pillow draws some edges otherwise.
const NEAR: [f64; 4] = [0.9999, 0.9999, 0.9999, 0.998];

/// With the same weights: what differs is how pictures become smaller, and in which order sums are taken.
#[test]
fn pictures_are_seen_as_onnxruntime_sees_them() {
    let expected = floats(include_bytes!("data/pictures.f32"));
    let seen = look(&drawn());
    assert_eq!(seen.len() * (PICTURE_WIDTH + CLASSES), expected.len());
    for ((seen, expected), near) in seen.iter().zip(expected.chunks(PICTURE_WIDTH + CLASSES)).zip(NEAR) {
        let (embedding, probabilities) = expected.split_at(PICTURE_WIDTH);
        assert!(cosine(&seen.embedding, embedding) > near, "{}", cosine(&seen.embedding, embedding));
        assert!(
            apart(&seen.probabilities, probabilities) < 0.01,
            "{}",
            apart(&seen.probabilities, probabilities)
        );
        assert_eq!(best(&seen.probabilities), best(probabilities));
    }
}

/// What half precision and joined layers cost, beside the network as it was published.
#[test]
fn half_precision_keeps_what_is_seen() {
    let published = floats(include_bytes!("data/pictures-published.f32"));
    for ((seen, expected), near) in
        look(&drawn()).iter().zip(published.chunks(PICTURE_WIDTH + CLASSES)).zip(NEAR)
    {
        let (embedding, probabilities) = expected.split_at(PICTURE_WIDTH);
        assert!(cosine(&seen.embedding, embedding) > near, "{}", cosine(&seen.embedding, embedding));
        assert_eq!(best(&seen.probabilities), best(probabilities));
    }
}

#[test]
fn a_picture_is_seen_alike_alone_and_among_others() {
    let pictures = [drawn(), drawn(), drawn()].concat();
    let model = public::pictures().unwrap();
    let alone: Vec<_> = pictures.iter().flat_map(|picture| look(std::slice::from_ref(picture))).collect();
    for threads in [1, 2, 3] {
        let lanes = Lanes::new(NonZeroUsize::new(threads).unwrap());
        assert_eq!(model.look(&lanes, &pictures).unwrap(), alone, "to the last bit");
    }
    for seen in &alone {
        assert!((seen.probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        assert!(seen.embedding.iter().all(|number| (0.0..=6.0).contains(number)));
    }
}

#[test]
fn texts_are_embedded_as_onnxruntime_embeds_them() {
    let expected = floats(include_bytes!("data/texts.f32"));
    let embedded = embed(&sentences());
    assert_eq!(embedded.len() * TEXT_WIDTH, expected.len());
    for (text, (embedded, expected)) in
        sentences().iter().zip(embedded.iter().zip(expected.chunks(TEXT_WIDTH)))
    {
        assert!(apart(embedded, expected) < 1e-5, "{text}: {}", apart(embedded, expected));
    }
}

/// What whole numbers of eight bits cost, beside the model as it was published.
#[test]
fn eight_bits_keep_what_texts_are_about() {
    let published = floats(include_bytes!("data/texts-published.f32"));
    for (text, (embedded, expected)) in
        sentences().iter().zip(embed(&sentences()).iter().zip(published.chunks(TEXT_WIDTH)))
    {
        // What an empty text gives means nothing.
        let near = if text.is_empty() { 0.995 } else { 0.999 };
        assert!(cosine(embedded, expected) > near, "{text}: {}", cosine(embedded, expected));
    }
}

#[test]
fn sentences_that_say_the_same_are_alike() {
    let embedded = embed(&sentences());
    for pair in [0, 2, 4] {
        let same = cosine(&embedded[pair], &embedded[pair + 1]);
        let others = (0..6).filter(|other| other / 2 != pair / 2);
        let nearest = others.map(|other| cosine(&embedded[pair], &embedded[other])).fold(-1.0, f64::max);
        assert!(same > nearest + 0.2, "{same} is not far above {nearest}");
    }
}

#[test]
fn texts_of_any_length_have_an_embedding_of_length_1() {
    let long = "word ".repeat(2_000);
    let texts = ["", " ", "a", "\0", "日本語", "🦀", &long];
    for (text, embedding) in texts.iter().zip(embed(&texts)) {
        assert_eq!(embedding.len(), TEXT_WIDTH);
        assert!((cosine(&embedding, &embedding) - 1.0).abs() < 1e-6);
        let length = embedding.iter().map(|number| f64::from(*number).powi(2)).sum::<f64>();
        assert!((length - 1.0).abs() < 1e-5, "{text:?} has the length {length}");
    }
    let cut = "word ".repeat(MOST_PIECES - 2);
    assert_eq!(embed(&[&long]), embed(&[&cut]), "what follows is not read");
}

#[test]
fn a_text_is_embedded_alike_alone_and_among_others() {
    let texts = sentences();
    let lanes = Lanes::new(NonZeroUsize::new(2).unwrap());
    let together = public::texts().unwrap().embed(&lanes, &texts).unwrap();
    for (text, embedding) in texts.iter().zip(together) {
        assert_eq!(embed(&[text]), [embedding], "{text}: to the last bit");
    }
}

#[test]
fn models_come_back_after_they_were_forgotten() {
    let before = embed(&["a cat"]);
    let held = public::texts().unwrap();
    public::forget();
    assert_eq!(held.embed(&Lanes::one(), &["a cat"]).unwrap(), before, "whoever has it keeps it");
    assert_eq!(embed(&["a cat"]), before);
}

#[test]
fn concepts_have_numbers_and_names_of_their_own() {
    let concepts = concepts();
    assert_eq!(concepts.len(), CLASSES);
    for concept in concepts {
        let digits = concept.id.strip_prefix('n').unwrap();
        assert!(digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit()), "{concept:?}");
        assert!(!concept.name.trim().is_empty());
    }
    let names: std::collections::HashSet<_> = concepts.iter().map(|concept| concept.name).collect();
    let ids: std::collections::HashSet<_> = concepts.iter().map(|concept| concept.id).collect();
    assert_eq!((names.len(), ids.len()), (CLASSES, CLASSES));
    assert_eq!((concepts[281].id, concepts[281].name), ("n02123045", "tabby cat"));
}

// Where the characters of made-up texts come from, as in `models/rebuild/rebuild.py`.
const SCRIPTS: [(u32, u32); 33] = [
    (0x0020, 0x007E),
    (0x0061, 0x007A),
    (0x0000, 0x001F),
    (0x0080, 0x00FF),
    (0x0100, 0x024F),
    (0x0250, 0x02FF),
    (0x0300, 0x036F),
    (0x0370, 0x03FF),
    (0x0400, 0x04FF),
    (0x0531, 0x0587),
    (0x0591, 0x05F4),
    (0x0600, 0x06FF),
    (0x0900, 0x097F),
    (0x0E01, 0x0E5B),
    (0x10A0, 0x10FF),
    (0x1100, 0x11FF),
    (0x1E00, 0x1EFF),
    (0x1F00, 0x1FFE),
    (0x2000, 0x206F),
    (0x20A0, 0x20BF),
    (0x2190, 0x21FF),
    (0x3000, 0x303F),
    (0x3041, 0x30FF),
    (0x4E00, 0x9FA5),
    (0xAC00, 0xD7A3),
    (0xE000, 0xE0FF),
    (0xF900, 0xFAD9),
    (0xFB00, 0xFB06),
    (0xFE00, 0xFE6F),
    (0xFF01, 0xFFEF),
    (0x1F300, 0x1F64F),
    (0x20000, 0x200FF),
    (0x2B820, 0x2B91F),
];

/// xorshift64*, as in the script.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % limit as u64) as usize
    }

    /// A text of up to twelve runs of characters: of one script, of a word that is known, or of a space.
    fn text(&mut self, words: &[&str]) -> String {
        let mut text = String::new();
        for _ in 0..self.below(12) {
            match self.below(4) {
                0 => text.push(' '),
                1 => {
                    let word = words[self.below(words.len())];
                    text.push_str(word.strip_prefix("##").unwrap_or(word));
                }
                _ => {
                    let (first, last) = SCRIPTS[self.below(SCRIPTS.len())];
                    for _ in 0..=self.below(8) {
                        let character = first + self.below((last - first + 1) as usize) as u32;
                        text.push(char::from_u32(character).unwrap());
                    }
                }
            }
        }
        text
    }
}

/// 100,000 texts of many scripts: sums over the numbers of their pieces are those that the package `tokenizers` gives.
#[test]
fn texts_are_taken_apart_as_tokenizers_takes_them_apart() {
    let vocabulary = Vocabulary::new(VOCABULARY).unwrap();
    let words: Vec<&str> = VOCABULARY.lines().filter(|word| !word.starts_with('[')).collect();
    let mut random = Random(42);
    let mut lines = 0;
    for (line, expected) in include_str!("data/pieces.txt").lines().enumerate() {
        let mut sum = 0xCBF2_9CE4_8422_2325_u64;
        for _ in 0..1_000 {
            let pieces = vocabulary.pieces(&random.text(&words));
            for number in pieces.into_iter().map(u64::from).chain([u64::MAX]) {
                sum = (sum ^ number).wrapping_mul(0x100_0000_01B3);
            }
        }
        assert_eq!(format!("{sum:016x}"), expected, "of line {line}");
        lines += 1;
    }
    assert_eq!(lines, 100);
}

#[test]
fn what_a_picture_is_about_is_what_its_concepts_names_are_about() {
    let some: Vec<usize> = (0..CLASSES).step_by(37).collect();
    let names: Vec<&str> = some.iter().map(|place| concepts()[*place].name).collect();
    for (place, name) in some.into_iter().zip(embed(&names)) {
        let mut probabilities = vec![0.0; CLASSES];
        probabilities[place] = 0.5;
        let meaning = Seen { embedding: Vec::new(), probabilities }.meaning();
        // As it was written by `examples/names.rs`; processors do not round alike.
        assert!(apart(&meaning, &name) < 1e-3, "{}", concepts()[place].name);
    }
    let nothing = Seen { embedding: Vec::new(), probabilities: vec![0.0; CLASSES] };
    assert_eq!(nothing.meaning(), vec![0.0; TEXT_WIDTH]);
    let ball = look(&drawn()).swap_remove(1);
    assert!((cosine(&ball.meaning(), &ball.meaning()) - 1.0).abs() < 1e-6);
}
