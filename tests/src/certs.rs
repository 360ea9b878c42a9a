//! A certificate authority of the test kit's own, and certificates signed by it: good, expired, for another name.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

/// The kit's authority.
pub struct Authority {
    folder: PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate chain and its key, as PEM files.
pub struct Certificate {
    pub chain: PathBuf,
    pub key: PathBuf,
}

impl Authority {
    /// Makes an authority and writes `ca.pem` into the folder.
    pub fn new(folder: &Path) -> Result<Self> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "Kinpost test kit");
        let key = KeyPair::generate()?;
        let own = params.self_signed(&key)?;
        fs::write(folder.join("ca.pem"), own.pem())?;
        Ok(Self { folder: folder.to_owned(), issuer: Issuer::new(params, key) })
    }

    /// The authority's own certificate, for `extra_ca`.
    pub fn pem(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// A valid certificate for these names.
    pub fn certificate(&self, file: &str, names: &[&str]) -> Result<Certificate> {
        self.sign(file, CertificateParams::new(owned(names))?)
    }

    /// A certificate for these names that ended in 2020.
    pub fn expired(&self, file: &str, names: &[&str]) -> Result<Certificate> {
        let mut params = CertificateParams::new(owned(names))?;
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 1);
        self.sign(file, params)
    }

    fn sign(&self, file: &str, params: CertificateParams) -> Result<Certificate> {
        let key = KeyPair::generate()?;
        let signed = params.signed_by(&key, &self.issuer)?;
        let made = Certificate {
            chain: self.folder.join(format!("{file}.crt")),
            key: self.folder.join(format!("{file}.key")),
        };
        fs::write(&made.chain, signed.pem())?;
        fs::write(&made.key, key.serialize_pem())?;
        Ok(made)
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
