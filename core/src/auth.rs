//! How the client proves who it is (RFC 6749 §2.3). How that is written on the wire is `request`'s affair.

use crate::ConfigError;
use crate::memory::Text;
use crate::request::basic;
use crate::write::Writer;

/// The client's identifier and credentials. Opaque: only combinations that can be sent exist.
///
/// Texts may be any UTF-8 without control characters. One that may not be sent shows when a fetch begins, as a
/// [`ConfigError`]. It borrows them or, with `alloc`, owns them
/// (`into_owned`) and wipes them when dropped. It is never `Copy`, never shown by `Debug`.
#[derive(Clone)]
pub struct ClientAuth<'a> {
    pub(crate) client_id: Text<'a>,
    pub(crate) secret: Text<'a>,
    pub(crate) method: Method,
    /// What keeps it from being sent; found where it is made, so that for a `const` the compiler does the work.
    pub(crate) mistake: Option<ConfigError>,
}

/// Where the credentials go. Basic comes as the function that writes it, so that a device which never names it does not
/// link it.
#[derive(Clone, Copy)]
pub(crate) enum Method {
    Post,
    Basic(fn(&mut Writer<'_>, &str, &str)),
}

impl<'a> ClientAuth<'a> {
    /// `client_secret_post`: identifier and secret in the request's body. Every server that takes secrets MUST
    /// take this (OAuth 2.1), so it is the one to start with.
    #[must_use]
    pub const fn secret_post(client_id: &'a str, secret: &'a str) -> Self {
        Self::new(client_id, secret, Method::Post, true)
    }

    /// `client_secret_basic`: both in an `Authorization: Basic` header, each form-encoded first as RFC 6749
    /// §2.3.1 demands; a space is written `%20`, which every server tried takes.
    #[must_use]
    pub const fn secret_basic(client_id: &'a str, secret: &'a str) -> Self {
        Self::new(client_id, secret, Method::Basic(basic::write), true)
    }

    /// `client_secret_basic` **against the standard**: the texts are not form-encoded. Only for a server that is
    /// known not to decode them; the identifier cannot hold a `:` then.
    #[must_use]
    pub const fn secret_basic_raw_nonstandard(client_id: &'a str, secret: &'a str) -> Self {
        Self::new(client_id, secret, Method::Basic(basic::write_raw_nonstandard), false)
    }

    /// `colon`: whether the identifier may hold one.
    const fn new(client_id: &'a str, secret: &'a str, method: Method, colon: bool) -> Self {
        let mistake = if !is_text(client_id.as_bytes(), !colon) {
            Some(ConfigError::ClientId)
        } else if !is_text(secret.as_bytes(), false) {
            Some(ConfigError::ClientSecret)
        } else {
            None
        };
        Self { client_id: Text::Borrowed(client_id), secret: Text::Borrowed(secret), method, mistake }
    }

    /// All texts copied to the heap, and wiped there when dropped: for a secret that is read at run time.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn into_owned(self) -> ClientAuth<'static> {
        ClientAuth {
            client_id: self.client_id.into_owned(),
            secret: self.secret.into_owned(),
            method: self.method,
            mistake: self.mistake,
        }
    }
}

/// Not empty, and without control characters: C0, DEL, and C1 (two bytes in UTF-8).
pub(crate) const fn is_text(mut text: &[u8], colon_forbidden: bool) -> bool {
    let mut previous = 0;
    let mut clean = !text.is_empty();
    while let Some((&byte, rest)) = text.split_first() {
        clean &= byte >= 0x20 && byte != 0x7f && !(previous == 0xc2 && byte < 0xa0);
        clean &= !(colon_forbidden && byte == b':');
        (previous, text) = (byte, rest);
    }
    clean
}

impl core::fmt::Debug for ClientAuth<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ClientAuth").field("client_id", &self.client_id.as_str()).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for ClientAuth<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "ClientAuth {{ client_id: {=str}, .. }}", self.client_id.as_str());
    }
}
