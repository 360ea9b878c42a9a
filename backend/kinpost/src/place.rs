//! Where the household is: the words that every command takes.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

/// Where the household's data and its configuration are.
#[derive(Debug, Clone, Default, Args)]
pub struct Place {
    /// The household's data directory
    #[arg(long, global = true, value_name = "DIR", env = "KINPOST_DATA")]
    pub data: Option<PathBuf>,
    /// Configuration file [default: kinpost.toml in the data directory, if there is one]
    #[arg(long, global = true, value_name = "FILE", env = "KINPOST_CONFIG")]
    pub config: Option<PathBuf>,
}

impl Place {
    /// The data directory, which most commands need.
    pub fn data(&self) -> Result<PathBuf> {
        self.data.clone().context("say where the household's data is: --data DIR")
    }
}
