//! `atelier user`: accounts, for scripts.

use std::error::Error;
use std::io::Read as _;

use atelier_service::Service;
use atelier_service::identity::{Reset, SignUp};
use clap::Subcommand;
use serde_json::json;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Makes an account whose address counts as verified, and prints its identifier and a token.
    Add {
        /// Its name in addresses.
        #[arg(long)]
        id: String,
        /// Its e-mail address.
        #[arg(long)]
        email: String,
        /// What the person is called [default: the id].
        #[arg(long)]
        name: Option<String>,
        /// Reads the password from standard input, where other programs do not see it.
        #[arg(long, required = true)]
        password_stdin: bool,
        /// Vouches that the address is the person's own.
        #[arg(long, required = true)]
        verified: bool,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Switches off the second factor of somebody who has lost it, with their recovery codes, and removes their passkeys.
    /// They are told by mail.
    ResetFactors {
        /// Their verified e-mail address.
        email: String,
    },
}

pub(crate) async fn run(service: &Service, command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Add { id, email, name, json, .. } => add(service, id, email, name, json).await,
        Command::ResetFactors { email } => {
            let Reset { second_factor, passkeys } = service.reset_factors(&email).await?;
            if second_factor {
                println!("the second factor of {email} is off");
            }
            if passkeys > 0 {
                println!("passkeys of {email} that were removed: {passkeys}");
            }
            Ok(())
        }
    }
}

async fn add(
    service: &Service,
    id: String,
    email: String,
    name: Option<String>,
    json: bool,
) -> Result<(), Box<dyn Error>> {
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password)?;
    let input = SignUp {
        email,
        name: name.unwrap_or_else(|| id.clone()),
        slug: id,
        password: password.trim_end_matches(['\r', '\n']).to_owned(),
    };
    let account = service.create_verified_user(&input).await?;
    if json {
        println!("{}", json!({ "user_id": account.slug, "pat": account.token.expose() }));
    } else {
        println!("user  {}\ntoken {}", account.slug, account.token.expose());
    }
    Ok(())
}
