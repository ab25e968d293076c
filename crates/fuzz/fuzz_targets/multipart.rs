//! Forms with files: whatever they are made of is read the same in one piece and in many, and what is whole comes back.
#![no_main]

#[path = "../../server/src/upload/parts.rs"]
mod parts;

use arbitrary::Arbitrary;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use libfuzzer_sys::fuzz_target;

use parts::{Part, Parts, Unread};

/// A boundary that stands in nothing that is sent, unless it is put there.
const EDGE: &str = "edge-of-a-form";

/// What a form is made of, in whichever order.
#[derive(Arbitrary, Debug)]
enum Piece<'a> {
    Edge,
    LastEdge,
    Line,
    Disposition(Name, Option<&'a str>),
    Kind(&'a str),
    Bytes(&'a [u8]),
}

/// The names of fields.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Name {
    File,
    Text,
    Other,
}

impl Piece<'_> {
    fn write(&self, form: &mut Vec<u8>) {
        match self {
            Self::Edge => form.extend(format!("--{EDGE}\r\n").bytes()),
            Self::LastEdge => form.extend(format!("--{EDGE}--\r\n").bytes()),
            Self::Line => form.extend(b"\r\n"),
            Self::Disposition(name, file) => {
                let name = match name {
                    Name::File => "file",
                    Name::Text => "text",
                    Name::Other => "other",
                };
                form.extend(format!("content-disposition: form-data; name=\"{name}\"").bytes());
                if let Some(file) = file {
                    form.extend(format!("; filename=\"{file}\"").bytes());
                }
                form.extend(b"\r\n");
            }
            Self::Kind(kind) => form.extend(format!("content-type: {kind}\r\n").bytes()),
            Self::Bytes(bytes) => form.extend(*bytes),
        }
    }
}

/// The form in which each of `texts` was typed.
fn typed(texts: &[&[u8]]) -> Vec<u8> {
    let mut form = Vec::new();
    for text in texts {
        let head = [Piece::Edge, Piece::Disposition(Name::Text, None), Piece::Line];
        for piece in head.iter().chain(&[Piece::Bytes(text), Piece::Line]) {
            piece.write(&mut form);
        }
    }
    Piece::LastEdge.write(&mut form);
    form
}

/// What is read of `body`, and how it ends.
fn read(body: Body) -> (Vec<Part>, Option<Unread>) {
    let request = Request::post("/").header("content-type", format!("multipart/form-data; boundary={EDGE}"));
    let request = request.body(body).expect("it is a request");
    atelier_fuzz::wait_for(async {
        let mut parts = Parts::of(request).await.expect("its head is that of a form");
        let mut read = Vec::new();
        loop {
            match parts.next().await {
                Ok(Some(part)) => read.push(part),
                Ok(None) => return (read, None),
                Err(unread) => return (read, Some(unread)),
            }
        }
    })
}

fn in_pieces(form: &[u8], size: u8) -> Body {
    let pieces: Vec<_> = form.chunks(usize::from(size).max(1)).map(Bytes::copy_from_slice).collect();
    Body::from_stream(tokio_stream::iter(pieces.into_iter().map(Ok::<_, std::convert::Infallible>)))
}

fuzz_target!(|data: (Vec<Piece<'_>>, Vec<&[u8]>, u8)| {
    let (pieces, texts, size) = data;
    let mut form = Vec::new();
    pieces.iter().for_each(|piece| piece.write(&mut form));
    assert_eq!(read(Body::from(form.clone())), read(in_pieces(&form, size)));

    let (read, end) = read(in_pieces(&typed(&texts), size));
    assert_eq!(end, None);
    let read: Vec<Bytes> = read.into_iter().map(|part| part.content.expect("it is whole")).collect();
    let sent: Vec<&[u8]> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    assert_eq!(read, sent);
});
