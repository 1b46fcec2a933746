//! The certification authority of the test server and its certificate. The authority's key is never written: it signs
//! once and is gone.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use super::{at, folder};
use crate::Result;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const VALID: Duration = DAY.saturating_mul(365);
/// Kept over restarts, so that a client that has read the CA goes on trusting the server.
const KEPT: Duration = DAY.saturating_mul(90);

/// What a client must trust.
pub(super) fn ca_file() -> PathBuf {
    folder().join("ca.pem")
}

/// What the server shows: its certificate.
pub(super) fn chain_file() -> PathBuf {
    folder().join("chain.pem")
}

/// The server's private key (P-256, PKCS #8).
pub(super) fn key_file() -> PathBuf {
    folder().join("key.pem")
}

/// Makes the three files when one is missing or they are old.
pub(super) fn make_if_old() -> Result {
    if [ca_file(), chain_file(), key_file()].iter().all(|file| is_fresh(file)) {
        return Ok(());
    }
    let [ca, chain, key] =
        make().map_err(|error| format!("the test certificates could not be made: {error}"))?;
    fs::write(ca_file(), ca).map_err(at(&ca_file()))?;
    fs::write(chain_file(), chain).map_err(at(&chain_file()))?;
    write_private(&key_file(), &key).map_err(at(&key_file()))
}

fn is_fresh(file: &Path) -> bool {
    let written = fs::metadata(file).and_then(|metadata| metadata.modified());
    written.is_ok_and(|at| at.elapsed().is_ok_and(|age| age < KEPT))
}

/// The CA, the server's certificate and its key, as PEM. Both keys are rcgen's default, ECDSA on P-256.
fn make() -> Result<[String; 3], rcgen::Error> {
    let ca_key = KeyPair::generate()?;
    let mut ca = valid_for_a_year(CertificateParams::default(), "keyfob test CA");
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_certificate = ca.self_signed(&ca_key)?;

    let key = KeyPair::generate()?;
    let names = ["localhost", "127.0.0.1", "::1"].map(String::from);
    let mut server = valid_for_a_year(CertificateParams::new(names)?, "localhost");
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;
    let certificate = server.signed_by(&key, &Issuer::from_params(&ca, &ca_key))?;

    Ok([ca_certificate.pem(), certificate.pem(), key.serialize_pem()])
}

fn valid_for_a_year(mut params: CertificateParams, name: &str) -> CertificateParams {
    let now = SystemTime::now();
    params.not_before = (now - DAY).into();
    params.not_after = (now + VALID).into();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn write_private(path: &Path, pem: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path)?.write_all(pem.as_bytes())
}
