//! TLS with rustls on ring: Mozilla's roots plus the administrator's, and failures in plain words.

use std::fmt;
use std::io;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::{Error, Result};

/// A TLS client configuration; cheap to clone.
#[derive(Clone)]
pub struct Tls {
    roots: Arc<RootCertStore>,
    given: Arc<Vec<CertificateDer<'static>>>,
    config: Arc<rustls::ClientConfig>,
}

impl Tls {
    /// Mozilla's roots, and the certificates of `extra_ca` (PEM) if given.
    ///
    /// # Errors
    /// Permanent: the PEM holds no usable certificate.
    pub fn new(extra_ca: Option<&[u8]>) -> Result<Self> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        match extra_ca {
            Some(pem) => Self::build(roots, Vec::new(), pem),
            None => Self::build(roots, Vec::new(), b""),
        }
    }

    /// The same roots and one endpoint's own CA (PEM). A server's own self-signed certificate will do as well.
    ///
    /// # Errors
    /// Permanent: the PEM holds no usable certificate.
    pub fn with_ca(&self, pem: &[u8]) -> Result<Self> {
        if pem.trim_ascii().is_empty() {
            return Err(unusable());
        }
        Self::build(self.roots.as_ref().clone(), self.given.as_ref().clone(), pem)
    }

    /// The rustls configuration.
    pub fn config(&self) -> Arc<rustls::ClientConfig> {
        Arc::clone(&self.config)
    }

    fn build(mut roots: RootCertStore, mut given: Vec<CertificateDer<'static>>, pem: &[u8]) -> Result<Self> {
        let before = given.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| unusable())?;
            roots.add(certificate.clone()).map_err(|_| unusable())?;
            given.push(certificate);
        }
        if given.len() == before && !pem.is_empty() {
            return Err(unusable());
        }
        let (roots, given) = (Arc::new(roots), Arc::new(given));
        // The provider is named here, so that nothing depends on a process-wide default.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let broken = |e: &dyn fmt::Display| Error::permanent(format!("TLS cannot be set up: {e}."));
        let usual = WebPkiServerVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider))
            .build()
            .map_err(|e| broken(&e))?;
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| broken(&e))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier { usual, given: Arc::clone(&given) }))
            .with_no_client_auth();
        Ok(Self { roots, given, config: Arc::new(config) })
    }
}

/// The usual verification; besides, a certificate that the administrator handed over byte for byte is trusted for its
/// names while it is valid. Home servers sign their own, and webpki takes no CA certificate for a server's.
#[derive(Debug)]
struct Verifier {
    usual: Arc<WebPkiServerVerifier>,
    given: Arc<Vec<CertificateDer<'static>>>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        use CertificateError as C;
        let usual = self.usual.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let Err(rustls::Error::InvalidCertificate(why)) = &usual else { return usual };
        let is_out_of_date =
            matches!(why, C::Expired | C::ExpiredContext { .. } | C::NotValidYet | C::NotValidYetContext { .. });
        if is_out_of_date || !self.given.iter().any(|g| g.as_ref() == end_entity.as_ref()) {
            return usual;
        }
        rustls::client::verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.usual.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.usual.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("roots", &self.roots.len()).finish_non_exhaustive()
    }
}

fn unusable() -> Error {
    Error::permanent(
        "The certificate file holds no usable certificate: it must be PEM (“-----BEGIN CERTIFICATE-----”).",
    )
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
                format!(
                    "The certificate of {host} is not valid yet, so Kinpost sent no password. Check this machine's clock."
                )
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
        rustls::Error::InvalidMessage(_) => {
            format!("{host} does not speak TLS on this port. Check the port, or choose STARTTLS.")
        }
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
