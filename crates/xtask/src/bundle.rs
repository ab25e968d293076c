//! The browser bundle: WebAssembly, its JavaScript glue and the stylesheet, named after their content.
//!
//! `wasm-bindgen`, `wasm_split` and `lightningcss` are linked as libraries, so that the lockfile pins them beside
//! everything else and nothing is downloaded while building.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use lightningcss::{
    bundler::{Bundler, FileProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
    targets::{Browsers, Targets},
};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    chunks::{self, Chunks},
    command::{Outcome, output, run, step},
    paths::Paths,
};

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Changes whenever this file would make something else of the same input.
const RECIPE: &str = "5";

/// Brings `target/site` up to date. Takes a second when it already is.
pub(crate) fn bundle(paths: &Paths) -> Outcome {
    ensure_wasm_target()?;
    let wasm = step("client", || build_client(paths))?;
    let inputs = fingerprint(paths, &wasm)?;
    if recorded_inputs(paths).is_some_and(|recorded| recorded == inputs) {
        return Ok(());
    }
    let (main, chunks) = step("split", || split(paths, &wasm))?;
    let mut files = step("glue", || bind(paths, &main))?;
    let style = step("style", || bundle_style(paths))?;
    files.extend(chunks.modules.into_iter().map(|(name, module)| (format!("{name}.wasm"), module)));
    files.push(("chunks.js".to_owned(), chunks.loader.into_bytes()));
    files.push(("style.css".to_owned(), style));
    step("compress", || write_site(paths, &files, &chunks.needs, &inputs))
}

/// Adds the compilation target for the browser when the toolchain lacks it.
pub(crate) fn ensure_wasm_target() -> Outcome {
    let libraries =
        output(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM_TARGET]))?;
    if Path::new(libraries.trim()).is_dir() {
        return Ok(());
    }
    step("wasm target", || {
        run(Command::new("rustup").args(["target", "add", WASM_TARGET])).map_err(|error| {
            format!(
                "{error}\nThe browser bundle needs the Rust target `{WASM_TARGET}`, and it could not be installed.\n\
                 Connect this machine to the network and run `rustup target add {WASM_TARGET}`."
            )
        })
    })
}

/// Compiles the client and returns where the module lies.
fn build_client(paths: &Paths) -> Result<PathBuf, String> {
    run(paths
        .cargo()
        .current_dir(&paths.root)
        .args(["rustc", "--package", "atelier-client", "--crate-type", "cdylib", "--target", WASM_TARGET])
        .args(["--profile", "wasm", "--features", "hydrate"])
        // What refers to what is how the module is split.
        .args(["--", "-Clink-args=--emit-relocs"]))?;
    Ok(paths.target.join(WASM_TARGET).join("wasm/atelier_client.wasm"))
}

/// One hash over everything that the finished site is made of.
fn fingerprint(paths: &Paths, wasm: &Path) -> Result<String, String> {
    let mut hash = Sha256::new();
    hash.update(RECIPE);
    hash.update(read(wasm)?);
    for folder in ["style", "public"] {
        for file in files_below(&paths.root.join(folder))? {
            hash.update(file.to_string_lossy().as_bytes());
            hash.update(read(&file)?);
        }
    }
    Ok(short_hex(hash))
}

/// The fingerprint that the present site was made from, if there is one.
fn recorded_inputs(paths: &Paths) -> Option<String> {
    let manifest = fs::read(paths.site().join("manifest.json")).ok()?;
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).ok()?;
    Some(manifest.get("inputs")?.as_str()?.to_owned())
}

/// Splits the module at the points that the client marks; answers where what every page needs lies, and the rest.
fn split(paths: &Paths, wasm: &Path) -> Result<(PathBuf, Chunks), String> {
    const LOADER: &str = "./chunks.js";
    let folder = paths.target.join("split");
    remove_folder(&folder)?;
    let (input, main) = (read(wasm)?, folder.join("main.wasm"));
    let mut options = wasm_split_cli_support::Options::new(&input);
    options.output_dir = &folder;
    options.main_out_path = &main;
    options.link_name = LOADER;
    options.main_module = "./atelier.js";
    let made = wasm_split_cli_support::transform(options)
        .map_err(|error| format!("the client could not be split: {error:#}"))?;
    let mut modules = BTreeMap::new();
    for path in made.split_modules {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        modules.insert(name, chunks::read(&path)?);
    }
    let loader = String::from_utf8_lossy(&read(&folder.join(LOADER))?).into_owned();
    let mut chunks = Chunks { modules, loader, needs: made.prefetch_map.into_iter().collect() };
    chunks.join_small()?;
    Ok((main, chunks))
}

/// Runs wasm-bindgen on the main module; returns it and its script, by name.
fn bind(paths: &Paths, main: &Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    let describe = |error| format!("wasm-bindgen could not read the client: {error:#}");
    let folder = paths.target.join("bindgen");
    Bindgen::new()
        .input_path(main)
        .out_name("atelier")
        .web(true)
        .map_err(describe)?
        .typescript(false)
        // Chunks share the table of functions.
        .keep_lld_exports(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The page passes the module's address, so that nothing has to be derived from the script's own.
        .omit_default_module_path(true)
        .generate(&folder)
        .map_err(describe)?;
    Ok(vec![
        ("atelier.js".to_owned(), read(&folder.join("atelier.js"))?),
        ("atelier.wasm".to_owned(), read(&folder.join("atelier_bg.wasm"))?),
    ])
}

/// Resolves the stylesheet's imports and minifies the result.
fn bundle_style(paths: &Paths) -> Result<Vec<u8>, String> {
    let provider = FileProvider::new();
    let mut bundler = Bundler::new(&provider, None, ParserOptions::default());
    let mut sheet = bundler
        .bundle(&paths.root.join("style/main.css"))
        .map_err(|error| format!("the stylesheet cannot be read: {error}"))?;
    let targets = Targets::from(modern_browsers());
    sheet
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .map_err(|error| format!("the stylesheet cannot be minified: {error}"))?;
    let css = sheet
        .to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() })
        .map_err(|error| format!("the stylesheet cannot be printed: {error}"))?;
    Ok(css.code.into_bytes())
}

/// The first versions with nesting, `light-dark()` and popovers: what they know is passed through as written.
fn modern_browsers() -> Browsers {
    let version = |major: u32, minor: u32| Some(major << 16 | minor << 8);
    Browsers {
        chrome: version(125, 0),
        edge: version(125, 0),
        firefox: version(128, 0),
        safari: version(17, 5),
        ios_saf: version(17, 5),
        ..Browsers::default()
    }
}

/// Writes the new folder, then the manifest that names it, then removes what came before.
fn write_site(
    paths: &Paths,
    files: &[(String, Vec<u8>)],
    chunks: &BTreeMap<String, Vec<String>>,
    inputs: &str,
) -> Outcome {
    let mut hash = Sha256::new();
    for (name, content) in files {
        hash.update(name);
        hash.update(content);
    }
    let folder = short_hex(hash);
    let site = paths.site();

    // Written beside and renamed: a folder with a content's name is complete or absent.
    let unfinished = site.join("unfinished");
    remove_folder(&unfinished)?;
    for (name, content) in files {
        write(&unfinished.join(name), content)?;
        let brotli = brotli(content);
        eprintln!(
            "  {name}: {} kB, {} kB as brotli",
            content.len().div_ceil(1000),
            brotli.len().div_ceil(1000)
        );
        write(&unfinished.join(format!("{name}.br")), &brotli)?;
        write(&unfinished.join(format!("{name}.gz")), &gzip(content)?)?;
    }
    remove_folder(&site.join(&folder))?;
    rename(&unfinished, &site.join(&folder))?;

    let public = paths.root.join("public");
    remove_folder(&site.join("public"))?;
    for file in files_below(&public)? {
        let name = file.strip_prefix(&public).unwrap_or(&file);
        write(&site.join("public").join(name), &read(&file)?)?;
    }

    let manifest = serde_json::json!({ "folder": folder, "inputs": inputs, "chunks": chunks });
    write(&site.join("manifest.json"), manifest.to_string().as_bytes())?;
    remove_old(&site, &folder)
}

/// Removes the folders of earlier contents.
fn remove_old(site: &Path, current: &str) -> Outcome {
    for entry in entries(site)? {
        let keep = entry.file_name().is_some_and(|name| name == current || name == "public");
        if entry.is_dir() && !keep {
            remove_folder(&entry)?;
        }
    }
    Ok(())
}

fn brotli(content: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    // Writing into memory cannot fail.
    let _ = brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters);
    compressed
}

fn gzip(content: &[u8]) -> Result<Vec<u8>, String> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder
        .write_all(content)
        .and_then(|()| encoder.finish())
        .map_err(|error| format!("could not compress: {error}"))
}

/// Sixteen hexadecimal digits: short in an address, and two contents never share them.
fn short_hex(hash: Sha256) -> String {
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Every file below a folder, sorted, so that the order of the file system does not matter.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for entry in entries(folder)? {
        if entry.is_dir() {
            found.extend(files_below(&entry)?);
        } else {
            found.push(entry);
        }
    }
    found.sort();
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(|error| format!("could not list `{}`: {error}", folder.display()))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("could not read `{}`: {error}", path.display()))
}

fn write(path: &Path, content: &[u8]) -> Outcome {
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, content))
        .map_err(|error| format!("could not write `{}`: {error}", path.display()))
}

fn rename(from: &Path, to: &Path) -> Outcome {
    fs::rename(from, to).map_err(|error| format!("could not make `{}`: {error}", to.display()))
}

fn remove_folder(folder: &Path) -> Outcome {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("could not remove `{}`: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}
