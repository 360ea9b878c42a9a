//! The command line. Its names are part of the product.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args as ClapArgs, Parser, Subcommand};
use mailclient::discovery::{Pop3Keep, Protocol, Server, SourceConfig};

use crate::{
    act::Act,
    config::Overrides,
    password::{line_or_random, one_line},
    place::Place,
};

mod server;

use server::server;

/// Mail for the whole family, in any browser, from your own box.
#[derive(Debug, Parser)]
#[command(version, disable_help_subcommand = true)]
pub struct Args {
    /// Where things are.
    #[command(flatten)]
    pub place: Place,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server
    Serve(Serve),
    /// Run a practice household to look around in
    Demo(Demo),
    /// The people of the household
    Member {
        /// Which.
        #[command(subcommand)]
        what: Member,
    },
    /// Passwords for other programs (JMAP)
    AppPassword {
        /// Which.
        #[command(subcommand)]
        what: AppPassword,
    },
    /// Connected mail accounts
    Source {
        /// Which.
        #[command(subcommand)]
        what: Source,
    },
    /// Bring in mail from files: mbox, Maildir, .eml; can be repeated and goes on where it stopped
    Import(Import),
    /// Check that everything stored fits together; exit 1 names what is off
    Verify,
}

/// `kinpost serve`.
#[derive(Debug, Default, ClapArgs)]
pub struct Serve {
    /// What the configuration file says otherwise.
    #[command(flatten)]
    pub overrides: Overrides,
    /// Write KINPOST_… lines to this file as soon as everything answers
    #[arg(long, value_name = "FILE")]
    pub print_env: Option<PathBuf>,
}

/// `kinpost demo`.
#[derive(Debug, ClapArgs)]
pub struct Demo {
    /// Address and port to listen at
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: std::net::SocketAddr,
    /// Write KINPOST_… lines to this file as soon as everything answers
    #[arg(long, value_name = "FILE")]
    pub print_env: Option<PathBuf>,
}

/// `kinpost member …`.
#[derive(Debug, Subcommand)]
pub enum Member {
    /// Add a person; the first one is an administrator
    Add {
        /// Name
        name: String,
        /// The address to log in with
        #[arg(long, value_name = "ADDR")]
        email: String,
        /// May manage the household
        #[arg(long)]
        admin: bool,
        /// Read the password from standard input, one line [default: make one up and print it]
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the people
    List,
    /// Remove a person and all their mail here
    Remove {
        /// Name or address
        member: String,
    },
    /// Give a person a new password; ends their sessions
    ResetPassword {
        /// Name or address
        member: String,
        /// Read the password from standard input, one line [default: make one up and print it]
        #[arg(long)]
        password_stdin: bool,
    },
}

impl Member {
    /// What the server is to do.
    pub fn act(self) -> Result<Act> {
        Ok(match self {
            Self::Add { name, email, admin, password_stdin } => {
                let (password, is_random) = line_or_random(password_stdin)?;
                Act::MemberAdd { name, email, admin, password, tell_password: is_random }
            }
            Self::List => Act::MemberList,
            Self::Remove { member } => Act::MemberRemove { member },
            Self::ResetPassword { member, password_stdin } => {
                let (password, is_random) = line_or_random(password_stdin)?;
                Act::MemberResetPassword { member, password, tell_password: is_random }
            }
        })
    }
}

/// `kinpost app-password …`.
#[derive(Debug, Subcommand)]
pub enum AppPassword {
    /// Make one; prints only the secret
    Create {
        /// Name or address
        member: String,
        /// What it is for
        #[arg(long, value_name = "TEXT")]
        label: String,
    },
    /// List a person's app passwords
    List {
        /// Name or address
        member: String,
    },
    /// Take one back
    Revoke {
        /// Name or address
        member: String,
        /// Its number in the list
        id: i64,
    },
}

impl AppPassword {
    /// What the server is to do.
    pub fn act(self) -> Act {
        match self {
            Self::Create { member, label } => Act::AppPasswordCreate { member, label },
            Self::List { member } => Act::AppPasswordList { member },
            Self::Revoke { member, id } => Act::AppPasswordRevoke { member, id },
        }
    }
}

/// `kinpost source …`.
#[derive(Debug, Subcommand)]
pub enum Source {
    /// Connect a mail account; prints its id
    Add(Box<SourceAdd>),
    /// List a person's mail accounts and how they are doing
    List {
        /// Name or address
        member: String,
    },
    /// Check for new mail now
    Check {
        /// Name or address
        member: String,
        /// Id of one mail account [default: all]
        source: Option<String>,
    },
    /// Disconnect a mail account; its mail goes from here and stays at the provider
    Remove {
        /// Name or address
        member: String,
        /// Id of the mail account
        source: String,
    },
}

/// `kinpost source add`. Servers are given as `HOST:PORT/tls`, `/starttls` or `/plain`.
#[derive(Debug, ClapArgs)]
#[command(group(clap::ArgGroup::new("incoming").required(true).args(["imap", "pop3"])))]
pub struct SourceAdd {
    /// Name or address of the person
    member: String,
    /// The mail address
    #[arg(long, value_name = "ADDR")]
    email: String,
    /// What to call it [default: the address]
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    /// The IMAP server
    #[arg(long, value_name = "SERVER", value_parser = server)]
    imap: Option<Server>,
    /// The POP3 server
    #[arg(long, value_name = "SERVER", value_parser = server)]
    pop3: Option<Server>,
    /// The SMTP server [default: none, mail can only be read]
    #[arg(long, value_name = "SERVER", value_parser = server)]
    smtp: Option<Server>,
    /// User name at the servers [default: the address]
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Read the password from standard input, one line
    #[arg(long, required = true)]
    password_stdin: bool,
    /// POP3: what becomes of mail at the provider once it is here
    #[arg(long, value_name = "delete|leave|DAYS", default_value = "delete", value_parser = server::keep)]
    pop3_keep: Pop3Keep,
    /// Trust this certificate authority (PEM) for this mail account
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Try the log-in first and refuse what does not work
    #[arg(long)]
    test: bool,
}

impl Source {
    /// What the server is to do.
    pub fn act(self) -> Result<Act> {
        Ok(match self {
            Self::Add(add) => return add.act(),
            Self::List { member } => Act::SourceList { member },
            Self::Check { member, source } => Act::SourceCheck { member, source },
            Self::Remove { member, source } => Act::SourceRemove { member, source },
        })
    }
}

impl SourceAdd {
    fn act(self) -> Result<Act> {
        let user = self.user.unwrap_or_else(|| self.email.clone());
        let named = |server: Server| Server { username: user.clone(), ..server };
        let (protocol, incoming) = match (self.imap, self.pop3) {
            (Some(imap), _) => (Protocol::Imap, imap),
            (None, Some(pop3)) => (Protocol::Pop3, pop3),
            (None, None) => anyhow::bail!("give --imap or --pop3"),
        };
        let ca = match &self.ca {
            Some(path) => Some(
                std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read the certificate {}", path.display()))?,
            ),
            None => None,
        };
        let config = SourceConfig {
            email: self.email.clone(),
            protocol,
            incoming: named(incoming),
            outgoing: self.smtp.map(named),
            pop3_keep: self.pop3_keep,
            // Whoever types `/plain` has said so for this very mail account.
            allow_plain: true,
            // And whoever runs this command runs the house: its servers may stand in the home network.
            trusted: true,
            ca,
        };
        let password = one_line()?;
        Ok(Act::SourceAdd {
            member: self.member,
            label: self.label.unwrap_or_default(),
            config: Box::new(config),
            password,
            test: self.test,
        })
    }
}

/// `kinpost import`.
#[derive(Debug, ClapArgs)]
pub struct Import {
    /// Name or address
    member: String,
    /// An mbox file, a Maildir, an .eml file, or a folder of them
    path: PathBuf,
    /// Into this mailbox [default: by the names of files and folders]
    #[arg(long, value_name = "NAME")]
    mailbox: Option<String>,
}

impl Import {
    /// What the server is to do. The path is made absolute: the server's own folder is another one.
    pub fn act(self) -> Result<Act> {
        let path = std::path::absolute(&self.path).with_context(|| format!("cannot find {}", self.path.display()))?;
        Ok(Act::Import { member: self.member, path, mailbox: self.mailbox })
    }
}
