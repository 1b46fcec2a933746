//! The world's own certificate authority and the certificate its servers show. Made anew at each start and
//! never written to disk. Not here: how the servers use them (`server.rs`).

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, Error, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// How long a world's certificates are valid, on either side of now: a client's clock may be off by a day.
const DAY: Duration = Duration::from_secs(86_400);

/// What a TLS server of the world needs, and what its clients need to trust it.
pub(crate) struct Authority {
    /// The root certificate, for the clients.
    pub(crate) ca_pem: String,
    /// The servers' certificate. The root isn't sent along: a client has it or must refuse.
    pub(crate) certificate: CertificateDer<'static>,
    /// The servers' private key.
    pub(crate) key: PrivateKeyDer<'static>,
}

impl Authority {
    /// Makes a root and one certificate for every name and address that loopback has. All keys are P-256.
    pub(crate) fn new() -> Result<Self, Error> {
        let mut root = CertificateParams::default();
        root.distinguished_name.push(DnType::CommonName, "keyfob example root");
        root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        valid_now(&mut root);
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate()?)?;

        let names = ["localhost", "127.0.0.1", "::1"].map(String::from);
        let mut server = CertificateParams::new(names)?;
        server.distinguished_name.push(DnType::CommonName, "localhost");
        server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        server.use_authority_key_identifier_extension = true;
        valid_now(&mut server);
        let key = KeyPair::generate()?;
        let certificate = server.signed_by(&key, &root)?;

        Ok(Self {
            ca_pem: root.pem(),
            certificate: certificate.into(),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        })
    }
}

fn valid_now(params: &mut CertificateParams) {
    let since_epoch = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let now = date_time_ymd(1970, 1, 1) + since_epoch;
    params.not_before = now - DAY;
    params.not_after = now + 7 * DAY;
}
