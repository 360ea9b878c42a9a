//! TLS with rustls on ring: Mozilla's roots plus the administrator's, and failures in plain words.

use std::fmt;
use std::io;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{CertificateError, RootCertStore};

use crate::{Error, Result};

/// A TLS client configuration; cheap to clone.
#[derive(Clone)]
pub struct Tls {
    roots: Arc<RootCertStore>,
    config: Arc<rustls::ClientConfig>,
}

impl Tls {
    /// Mozilla's roots, and the certificates of `extra_ca` (PEM) if given.
    ///
    /// # Errors
    /// Permanent: the PEM holds no usable certificate.
    pub fn new(extra_ca: Option<&[u8]>) -> Result<Self> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(pem) = extra_ca {
            add_pem(&mut roots, pem)?;
        }
        Self::from_roots(roots)
    }

    /// The same roots and one endpoint's own CA (PEM).
    ///
    /// # Errors
    /// Permanent: the PEM holds no usable certificate.
    pub fn with_ca(&self, pem: &[u8]) -> Result<Self> {
        let mut roots = self.roots.as_ref().clone();
        add_pem(&mut roots, pem)?;
        Self::from_roots(roots)
    }

    /// The rustls configuration.
    pub fn config(&self) -> Arc<rustls::ClientConfig> {
        Arc::clone(&self.config)
    }

    fn from_roots(roots: RootCertStore) -> Result<Self> {
        let roots = Arc::new(roots);
        // The provider is named here, so that nothing depends on a process-wide default.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| Error::permanent(format!("TLS cannot be set up: {e}.")))?
            .with_root_certificates(Arc::clone(&roots))
            .with_no_client_auth();
        Ok(Self { roots, config: Arc::new(config) })
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("roots", &self.roots.len()).finish_non_exhaustive()
    }
}

fn add_pem(roots: &mut RootCertStore, pem: &[u8]) -> Result<()> {
    let unusable = || Error::permanent("The certificate file holds no usable certificate: it must be PEM (“-----BEGIN CERTIFICATE-----”).");
    let mut added = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.map_err(|_| unusable())?).map_err(|_| unusable())?;
        added += 1;
    }
    if added == 0 { Err(unusable()) } else { Ok(()) }
}

/// The rustls error inside an I/O error, if there is one.
pub(crate) fn find_tls_error(error: &io::Error) -> Option<&rustls::Error> {
    let mut source: Option<&(dyn std::error::Error + 'static)> = error.get_ref().map(|e| e as _);
    while let Some(error) = source {
        if let Some(found) = error.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        source = error.source();
    }
    None
}

/// A TLS failure in plain words.
pub(crate) fn explain(host: &str, error: &rustls::Error) -> Error {
    use CertificateError as C;
    let words = match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            C::Expired | C::ExpiredContext { .. } => format!(
                "The certificate of {host} has expired, so Kinpost sent no password. Ask who runs the server to renew it, and check this machine's clock."
            ),
            C::NotValidYet | C::NotValidYetContext { .. } => {
                format!("The certificate of {host} is not valid yet, so Kinpost sent no password. Check this machine's clock.")
            }
            C::UnknownIssuer | C::BadSignature => format!(
                "The certificate of {host} is signed by nobody that Kinpost trusts, so it sent no password. \
                 If this is your own server, give Kinpost its CA certificate."
            ),
            C::NotValidForName | C::NotValidForNameContext { .. } => format!(
                "The certificate that the server showed is not for {host}, so Kinpost sent no password. Check the server name."
            ),
            C::Revoked => format!("The certificate of {host} was revoked, so Kinpost sent no password."),
            other => format!("The certificate of {host} cannot be trusted ({other}), so Kinpost sent no password."),
        },
        rustls::Error::InvalidMessage(_) => format!(
            "{host} does not speak TLS on this port. Check the port, or choose STARTTLS."
        ),
        rustls::Error::AlertReceived(_) | rustls::Error::PeerIncompatible(_) => {
            format!("{host} and Kinpost found no common way to encrypt ({error}). The server may be too old.")
        }
        other => format!("The encrypted connection to {host} failed ({other})."),
    };
    Error::tls(words)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn roots_are_there_and_bad_pem_is_named() {
        let tls = Tls::new(None).unwrap();
        assert!(tls.roots.len() > 50);
        for pem in [&b""[..], b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert!(tls.with_ca(pem).unwrap_err().message.contains("PEM"));
        }
    }

    #[test]
    fn causes_are_told_apart() {
        let say = |e: CertificateError| explain("mail.example", &rustls::Error::InvalidCertificate(e)).message;
        assert!(say(CertificateError::Expired).contains("expired"));
        assert!(say(CertificateError::UnknownIssuer).contains("CA certificate"));
        assert!(say(CertificateError::NotValidForName).contains("not for mail.example"));
        let wrapped = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::DecryptError);
        assert!(find_tls_error(&wrapped).is_some());
        assert!(find_tls_error(&io::Error::from(io::ErrorKind::NotFound)).is_none());
    }
}
