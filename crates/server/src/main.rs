//! The binary `atelier`: configuration, sessions, REST, gRPC and pages on one port.
#![recursion_limit = "256"]

mod alike;
mod assets;
mod audit;
mod backup;
mod compressed;
mod config;
mod connections;
mod demo;
mod events;
mod exports;
mod guard;
mod housekeeping;
mod identify;
mod imports;
mod logs;
mod mailer;
mod metrics;
mod model_files;
mod outbox;
mod pages;
mod pictures;
mod posted;
mod predictions;
mod providers;
mod proxies;
mod reports;
mod serve;
mod throttle;
mod traces;
mod upload;
mod user;
mod wire;

use std::error::Error;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::available_parallelism;

use atelier_domain::{Access, Scope};
use atelier_service::inputs::Fetching;
use atelier_service::{Service, World};
use atelier_store::{Objects, Schema, Store};
use clap::{Parser, Subcommand};
use config::{Config, Settings};
use traces::Traces;

#[derive(Parser)]
#[command(version, about = "A self-hosted place to label data and share apps scope by scope")]
struct Arguments {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answers requests until it is stopped.
    Serve {
        /// Where it listens.
        #[arg(long, env = "ATELIER_LISTEN", default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// Where Prometheus reads what is measured, such as `127.0.0.1:9464` [default: nowhere].
        #[arg(long, env = "ATELIER_METRICS", value_name = "ADDRESS")]
        metrics: Option<SocketAddr>,
    },
    /// Brings the database's schema up to date.
    Migrate,
    /// Backs up the database and all uploads into a new folder, while they are in use.
    Backup {
        /// The folder, which does not exist yet.
        folder: PathBuf,
    },
    /// Restores a backup into an empty database and an empty place for uploads.
    Restore {
        /// The folder that `backup` made.
        folder: PathBuf,
    },
    /// Fills an empty database with a small demonstration, and prints how to sign in.
    Demo,
    /// Shows the mail that was left in the data folder, the newest last.
    Outbox,
    /// Lists every scope.
    Scopes,
    /// Prints the OpenAPI document of what is served over REST.
    Openapi,
    /// Manages accounts.
    User {
        #[command(subcommand)]
        command: user::Command,
    },
    /// Verifies, shows and gives out the audit list.
    Audit {
        #[command(subcommand)]
        command: audit::Command,
    },
}

/// The C library's allocator keeps for every thread what that once needed: several times as much memory, once many have
/// asked for long lists. This one is quicker, too. SQLite's memory comes from it as well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many threads answer requests for each processor, and at least: reading from SQLite keeps one of them busy. With many
/// more than there are processors, a request waits in the middle until its thread has its turn again.
const THREADS: (usize, usize) = (2, 4);

fn main() -> ExitCode {
    match begin(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("atelier: {error}");
            let mut source = error.source();
            while let Some(error) = source {
                eprintln!("  because: {error}");
                source = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn begin(Arguments { settings, command }: Arguments) -> Result<(), Box<dyn Error>> {
    let config = settings.decide()?;
    let processors = available_parallelism().map_or(1, NonZeroUsize::get);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS.1.max(THREADS.0 * processors))
        .enable_all()
        .build()?;
    let traces = match (&command, &config.traces) {
        (Command::Serve { .. }, Some(collector)) => Some(Traces::to(collector, runtime.handle())?),
        _ => None,
    };
    logs::start(traces.as_ref());
    let done = runtime.block_on(run(&config, command));
    if let Some(traces) = traces {
        traces.finish();
    }
    done
}

async fn run(config: &Config, command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Scopes => list_scopes(),
        Command::Openapi => println!("{}", wire::document::text()),
        Command::Outbox => outbox::show(&config.outbox())?,
        Command::Serve { listen, metrics } => serve::serve(config, listen, metrics).await?,
        Command::Migrate => {
            open(config, "http://localhost").await?;
            println!("the schema is up to date");
        }
        Command::Backup { folder } => backup::back_up(config, &folder).await?,
        Command::Restore { folder } => backup::restore(config, &folder).await?,
        Command::Demo => demo::fill(&open(config, "http://localhost").await?).await?,
        Command::Audit { command: audit::Command::Verify { roots, file: Some(file), .. } } => {
            audit::verify_file(&file, &roots)?;
        }
        Command::Audit { command } => {
            let public_key = audit::key::find(config)?.map(|key| key.public());
            // As it is: to look must not bring anything up to date, nor make what is not there.
            let store = Store::open_at(&config.database, Schema::AsItIs).await?;
            audit::run(&service(config, store, "http://localhost")?, public_key, command).await?;
        }
        Command::User { command } => user::run(&open(config, "http://localhost").await?, command).await?,
    }
    Ok(())
}

/// Opens what the settings name, and makes what is missing.
async fn open(config: &Config, base_url: &str) -> Result<Service, Box<dyn Error>> {
    std::fs::create_dir_all(&config.data)?;
    service(config, Store::open(&config.database).await?, base_url)
}

/// What is done over an open database.
fn service(config: &Config, store: Store, base_url: &str) -> Result<Service, Box<dyn Error>> {
    let fetching = Fetching { enabled: config.fetches_inputs, ..Fetching::default() };
    Ok(Service::new(store, open_objects(config)?, World::real(), base_url).fetching(fetching))
}

fn open_objects(config: &Config) -> Result<Objects, atelier_store::Error> {
    match &config.objects {
        Some(url) => Objects::s3(url),
        None => Objects::folder(&config.data.join("objects")),
    }
}

fn list_scopes() {
    for scope in Scope::all() {
        let access = if scope.access() == Access::Read { "looks" } else { "changes" };
        let needs: Vec<&str> = scope.depends_on().iter().map(Scope::wire).collect();
        println!("{}\t{}\t{access}\t{}", scope.wire(), scope.number(), needs.join(","));
    }
}
