//! Whom TLS trusts: the platform's roots or the user's, with ring as the provider of cryptography. Connections are made
//! elsewhere.

use crate::error::Error;
use rustls::client::{Resumption, WantsClientCert};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use std::fmt;
use std::sync::Arc;

type Builder = ConfigBuilder<ClientConfig, WantsVerifier>;
type BuilderWithRoots = ConfigBuilder<ClientConfig, WantsClientCert>;

/// Sessions that are kept to resume TLS faster: a connector talks to one server, or a few.
const SESSIONS: usize = 8;

/// What is wrong with a PEM text of root certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RootsError {
    /// It holds no `CERTIFICATE` section.
    Empty,
    /// It isn't PEM from some point on.
    Pem,
    /// One of its certificates cannot be read; this is its place among them, counted from 1.
    Certificate(usize),
}

pub(crate) fn roots(text: &[u8]) -> Result<Arc<ClientConfig>, RootsError> {
    let mut roots = RootCertStore::empty();
    for (certificate, place) in CertificateDer::pem_slice_iter(text).zip(1..) {
        let certificate = certificate.map_err(|error| match error {
            pem::Error::NoItemsFound => RootsError::Empty,
            _ => RootsError::Pem,
        })?;
        roots.add(certificate).map_err(|_| RootsError::Certificate(place))?;
    }
    if roots.is_empty() {
        return Err(RootsError::Empty);
    }
    let builder = builder().map_err(|_| RootsError::Pem)?;
    Ok(finish(builder.with_root_certificates(roots)))
}

/// The platform's roots, and on macOS and Windows its own verifier, which knows the rules of this very computer.
pub(crate) fn platform() -> Result<Arc<ClientConfig>, Error> {
    let builder = builder().map_err(|error| Error::from(&error))?;
    Ok(finish(with_platform(builder)?))
}

#[cfg(any(windows, target_vendor = "apple"))]
fn with_platform(builder: Builder) -> Result<BuilderWithRoots, Error> {
    use rustls_platform_verifier::BuilderVerifierExt;

    builder.with_platform_verifier().map_err(|_| Error::NoRoots)
}

#[cfg(not(any(windows, target_vendor = "apple")))]
fn with_platform(builder: Builder) -> Result<BuilderWithRoots, Error> {
    let mut roots = RootCertStore::empty();
    // A file among many that cannot be read, or an odd certificate, is no reason to trust none of the others.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(Error::NoRoots);
    }
    Ok(builder.with_root_certificates(roots))
}

fn builder() -> Result<Builder, rustls::Error> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
}

fn finish(builder: BuilderWithRoots) -> Arc<ClientConfig> {
    let mut config = builder.with_no_client_auth();
    config.resumption = Resumption::in_memory_sessions(SESSIONS);
    Arc::new(config)
}

impl std::error::Error for RootsError {}

impl fmt::Display for RootsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it holds no certificate in PEM form"),
            Self::Pem => f.write_str("it is not well-formed PEM"),
            Self::Certificate(place) => write!(f, "certificate {place} in it cannot be read"),
        }
    }
}
