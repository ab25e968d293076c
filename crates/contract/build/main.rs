//! Generates the types of the wire from `proto/`: prost makes the types, the modules here what the wire adds to them.

mod answers;
mod json;
mod names;

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};
use prost_types::FileDescriptorSet;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=proto");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);

    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler.include_imports(true).include_source_info(true).open_files(["clarifai/api/service.proto"])?;

    // Encoded by the compiler itself: the types of prost would drop the options that we define.
    fs::write(out.join("descriptors.bin"), compiler.encode_file_descriptor_set())?;
    let pool = compiler.descriptor_pool();
    let mut config = prost_build::Config::new();
    config.bytes(["."]).btree_map(["."]).enable_type_names();
    for place in large_choices(&pool) {
        config.boxed(place);
    }
    config.compile_fds(undeprecated(compiler.file_descriptor_set()))?;
    fs::write(out.join("json.rs"), json::implementations(&pool)?)?;
    fs::write(out.join("answers.rs"), answers::implementations(&pool))?;
    Ok(())
}

/// The messages in oneofs. They are boxed, or a choice would be as large as its largest message, and the largest here
/// have thousands of bytes. Those of a few numbers are not: prost has such choices copied.
fn large_choices(pool: &DescriptorPool) -> impl Iterator<Item = String> {
    pool.all_messages()
        .filter(|message| message.package_name().starts_with(names::PACKAGE))
        .flat_map(|message| message.oneofs().collect::<Vec<_>>())
        .flat_map(|oneof| oneof.fields().map(|field| (oneof.clone(), field)).collect::<Vec<_>>())
        .filter(|(_, field)| field.kind().as_message().is_some_and(|message| !is_of_numbers(message)))
        .map(|(oneof, field)| format!(".{}.{}", oneof.full_name(), field.name()))
}

/// Whether a message is nothing but numbers and truth values, each there once.
fn is_of_numbers(message: &MessageDescriptor) -> bool {
    message.fields().all(|field| {
        let holds_more = matches!(field.kind(), Kind::Message(_) | Kind::String | Kind::Bytes);
        !field.is_list() && !field.is_map() && !holds_more
    })
}

/// What is deprecated for clients we still have to serve, so using it in Rust must not warn.
fn undeprecated(mut files: FileDescriptorSet) -> FileDescriptorSet {
    for file in &mut files.file {
        for field in file.message_type.iter_mut().flat_map(|message| &mut message.field) {
            if let Some(options) = &mut field.options {
                options.deprecated = None;
            }
        }
        for value in file.enum_type.iter_mut().flat_map(|kind| &mut kind.value) {
            if let Some(options) = &mut value.options {
                options.deprecated = None;
            }
        }
    }
    files
}
