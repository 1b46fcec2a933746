//! The realm's signing key: made at start, signs ES256, and shows its public half as a JWK Set. The `jsonwebtoken`
//! crate does the format; ring does the cryptography. Not here: what the tokens say (`claims.rs`).

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, Result};
use jsonwebtoken::jwk::{EllipticCurve, Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use serde::Serialize;

/// The key and the header that every token gets.
pub(crate) struct SigningKey {
    header: Header,
    key: EncodingKey,
    keys: JwkSet,
}

impl SigningKey {
    /// Makes a P-256 key.
    pub(crate) fn new() -> Result<Self> {
        // Fails if the process has chosen a provider already, which then serves us as well.
        let _ = RING.install_default();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map_err(|_| ErrorKind::InvalidEcdsaKey)?;
        let key = EncodingKey::from_ec_der(pkcs8.as_ref());
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::ES256)?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256)?;
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        let header = Header { kid: Some(kid), ..Header::new(Algorithm::ES256) };
        Ok(Self { header, key, keys: JwkSet { keys: vec![jwk] } })
    }

    /// The public half, as the realm publishes it.
    pub(crate) fn public(&self) -> &JwkSet {
        &self.keys
    }

    /// A signed JWT of these claims.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> Result<String> {
        jsonwebtoken::encode(&self.header, claims, &self.key)
    }
}

/// `jsonwebtoken` ships with two providers: one needs more than a C compiler, the other dozens of crates.
static RING: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| match algorithm {
        Algorithm::ES256 => Ok(Box::new(Es256Signer::new(key)?)),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    verifier_factory: |algorithm, key| match algorithm {
        Algorithm::ES256 => Ok(Box::new(Es256Verifier(key.clone()))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    key_utils: KeyUtils {
        ec_pub_components_from_private_key: public_point,
        compute_digest: |data, hash| match hash {
            ThumbprintHash::SHA256 => Ok(digest(&SHA256, data).as_ref().to_vec()),
            _ => Err(ErrorKind::InvalidAlgorithm.into()),
        },
        ..KeyUtils::new_unimplemented()
    },
};

fn key_pair(pkcs8: &[u8]) -> Result<EcdsaKeyPair> {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &SystemRandom::new())
        .map_err(|_| ErrorKind::InvalidEcdsaKey.into())
}

/// The curve and the coordinates x and y of the public key; ring writes them after one byte that says so.
fn public_point(pkcs8: &[u8], algorithm: Algorithm) -> Result<(EllipticCurve, Vec<u8>, Vec<u8>)> {
    let key = key_pair(pkcs8)?;
    match key.public_key().as_ref().split_first() {
        Some((4, point)) if algorithm == Algorithm::ES256 && point.len() == 64 => {
            let (x, y) = point.split_at(32);
            Ok((EllipticCurve::P256, x.to_vec(), y.to_vec()))
        }
        _ => Err(Error::from(ErrorKind::InvalidEcdsaKey)),
    }
}

struct Es256Signer(EcdsaKeyPair);

impl Es256Signer {
    fn new(key: &EncodingKey) -> Result<Self> {
        key_pair(key.as_bytes()).map(Self)
    }
}

impl Signer<Vec<u8>> for Es256Signer {
    fn try_sign(&self, message: &[u8]) -> core::result::Result<Vec<u8>, SignatureError> {
        let signature = self.0.sign(&SystemRandom::new(), message).map_err(|_| SignatureError::new())?;
        Ok(signature.as_ref().to_vec())
    }
}

impl JwtSigner for Es256Signer {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}

struct Es256Verifier(DecodingKey);

impl Verifier<Vec<u8>> for Es256Verifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> core::result::Result<(), SignatureError> {
        let point = self.0.try_get_as_bytes().map_err(|_| SignatureError::new())?;
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(message, signature)
            .map_err(|_| SignatureError::new())
    }
}

impl JwtVerifier for Es256Verifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}
