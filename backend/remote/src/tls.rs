//! TLS with rustls on ring: Mozilla's roots plus the administrator's, and failures in plain words.

use std::io;
use std::sync::Arc;
use crate::{Error, Result};

/// A TLS client configuration; cheap to clone.
#[derive(Clone)]
pub struct Tls { }

impl Tls {
    /// Mozilla's roots, and the certificates of `extra_ca` (PEM) if given.
    ///
    /// # Errors
    /// Permanent: the PEM holds no usable certificate.
    pub fn new(_extra_ca: Option<&[u8]>) -> Result<Self> { todo!() }

    /// The same roots and one endpoint's own CA (PEM).
    ///
    /// # Errors
    /// Permanent: the PEM holds no usable certificate.
    pub fn with_ca(&self, _pem: &[u8]) -> Result<Self> { todo!() }

    /// The rustls configuration.
    pub fn config(&self) -> Arc<rustls::ClientConfig> { todo!() }
}

/// The rustls error inside an I/O error, if there is one.
pub(crate) fn find_tls_error(_error: &io::Error) -> Option<&rustls::Error> { todo!() }

/// A TLS failure in plain words.
pub(crate) fn explain(_host: &str, _error: &rustls::Error) -> Error { todo!() }
