//! The binary `atelier`: configuration, sessions, REST, gRPC and pages on one port.
#![recursion_limit = "256"]

mod assets;
mod pages;

use std::{
    error::Error,
    net::SocketAddr,
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

use atelier_ui::components::time::Now;
use axum::serve::ListenerExt;
use clap::{Parser, Subcommand};
use leptos::prelude::provide_context;
use tokio::net::TcpListener;

#[derive(Parser)]
#[command(version, about = "A self-hosted place to label data and share apps scope by scope")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answers requests until it is stopped.
    Serve {
        /// Where it listens.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// The folder for everything that it keeps.
        #[arg(long, default_value = "./data")]
        data: PathBuf,
    },
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Command::Serve { listen, data } = Arguments::parse().command;
    std::fs::create_dir_all(data)?;
    let router = assets::router().merge(pages::router(assets::paths()?, || provide_context(Now(now()))));
    let listener = TcpListener::bind(listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // With Nagle's algorithm a page that is written in several pieces waits for the other side to acknowledge each.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            eprintln!("a connection stays slow: {error}");
        }
    });
    axum::serve(listener, router).await?;
    Ok(())
}

/// Microseconds since 1970.
fn now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "this is where time comes in")]
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX)
}
