//! Where a server is: a URL taken apart once (RFC 3986), at compile time where it can be. Nothing is sent here.

use crate::ConfigError;

/// A server's URL. One that exists is `https`, or came through a constructor whose name says `insecure`.
///
/// It borrows the URL and copies nothing. The host may be a name, an IPv4 address or an IPv6 literal in
/// brackets; a query is kept; user names, fragments and characters that no URL may hold are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Endpoint<'a> {
    tls: bool,
    port: u16,
    url: &'a str,
    authority: &'a str,
    host: &'a str,
    target: &'a str,
}

impl<'a> Endpoint<'a> {
    /// The longest URL that is taken, in bytes.
    pub const MAX_LEN: usize = 2048;

    /// The endpoint of an `https://host[:port][/path[?query]]` URL; a query needs a path. [`endpoint!`](crate::endpoint) does the
    /// same at compile time.
    ///
    /// # Errors
    /// [`ConfigError::EndpointScheme`], [`EndpointHost`](ConfigError::EndpointHost),
    /// [`EndpointTarget`](ConfigError::EndpointTarget) or [`EndpointLength`](ConfigError::EndpointLength): what
    /// is wrong with the URL.
    pub const fn https(url: &'a str) -> Result<Self, ConfigError> {
        Self::parse(url, b"https://", true)
    }

    /// The endpoint of an `http://…` URL, for loopback and tests: **secrets will cross the wire in the clear**.
    /// Only a transport that was made for it will go there.
    ///
    /// # Errors
    /// As for [`https`](Self::https).
    pub const fn insecure_http(url: &'a str) -> Result<Self, ConfigError> {
        Self::parse(url, b"http://", false)
    }

    /// The whole URL, as it was given.
    #[must_use]
    pub const fn url(&self) -> &'a str {
        self.url
    }

    /// The host: a name, an IPv4 address, or an IPv6 address without its brackets.
    #[must_use]
    pub const fn host(&self) -> &'a str {
        self.host
    }

    /// The port: 443 (80 for plain HTTP) where the URL names none.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Path and query, as a request line carries them (RFC 9112 §3.2.1): at least `/`.
    #[must_use]
    pub const fn target(&self) -> &'a str {
        self.target
    }

    /// Whether the server must be authenticated before anything is sent to it.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.tls
    }

    /// Host and port as the URL writes them, and so as a `Host` header does (RFC 9110 §7.2).
    pub(crate) const fn authority(&self) -> &'a str {
        self.authority
    }

    const fn parse(url: &'a str, scheme: &[u8], tls: bool) -> Result<Self, ConfigError> {
        if url.len() > Self::MAX_LEN {
            return Err(ConfigError::EndpointLength);
        }
        let Some((found, after)) = url.split_at_checked(scheme.len()) else {
            return Err(ConfigError::EndpointScheme);
        };
        if !is_scheme(found.as_bytes(), scheme) {
            return Err(ConfigError::EndpointScheme);
        }
        let authority_len = match index_of(after.as_bytes(), b'/') {
            Some(at) => at,
            None => after.len(),
        };
        let Some((authority, target)) = after.split_at_checked(authority_len) else {
            return Err(ConfigError::EndpointHost);
        };
        let (host, port) = match split_port(authority) {
            Ok(parts) => parts,
            Err(error) => return Err(error),
        };
        let port = match port {
            Some(port) => port,
            None if tls => 443,
            None => 80,
        };
        let target = if target.is_empty() { "/" } else { target };
        if is_target(target.as_bytes()) {
            Ok(Self { tls, port, url, authority, host, target })
        } else {
            Err(ConfigError::EndpointTarget)
        }
    }
}

/// An https [`Endpoint`] that is checked while compiling: a bad URL fails the build, not the device.
///
/// ```
/// use keyfob::{Endpoint, endpoint};
/// const SERVER: Endpoint = endpoint!("https://id.example/realms/iot/protocol/openid-connect/token");
/// assert_eq!((SERVER.host(), SERVER.port()), ("id.example", 443));
/// ```
///
/// ```compile_fail
/// keyfob::endpoint!("http://id.example/token");
/// ```
#[macro_export]
macro_rules! endpoint {
    ($url:expr) => {{
        // An item, which `cargo check` evaluates too; a `const {}` block inside a function waits for `cargo build`.
        const ENDPOINT: $crate::Endpoint<'static> = match $crate::Endpoint::https($url) {
            Ok(endpoint) => endpoint,
            Err(error) => panic!("{}", error.message()),
        };
        ENDPOINT
    }};
}

/// Whether `found` is `scheme` in any case (RFC 3986 §3.1).
const fn is_scheme(mut found: &[u8], mut scheme: &[u8]) -> bool {
    while let (Some((a, rest_a)), Some((b, rest_b))) = (found.split_first(), scheme.split_first()) {
        if a.to_ascii_lowercase() != *b {
            return false;
        }
        (found, scheme) = (rest_a, rest_b);
    }
    found.is_empty() && scheme.is_empty()
}

/// `host`, `host:port`, `[v6]` or `[v6]:port`; the host comes back without brackets.
const fn split_port(authority: &str) -> Result<(&str, Option<u16>), ConfigError> {
    let Some((host, after)) = split_host(authority) else {
        return Err(ConfigError::EndpointHost);
    };
    match after.as_bytes() {
        [] => Ok((host, None)),
        [b':', digits @ ..] => match number(digits, u16::MAX) {
            Some(port) if port > 0 => Ok((host, Some(port))),
            _ => Err(ConfigError::EndpointHost),
        },
        _ => Err(ConfigError::EndpointHost),
    }
}

/// The host without its brackets, and what follows it.
const fn split_host(authority: &str) -> Option<(&str, &str)> {
    let Some((b"[", _)) = authority.as_bytes().split_at_checked(1) else {
        let len = match index_of(authority.as_bytes(), b':') {
            Some(at) => at,
            None => authority.len(),
        };
        return match authority.split_at_checked(len) {
            Some((host, after)) if is_name(host.as_bytes()) => Some((host, after)),
            _ => None,
        };
    };
    let Some(close) = index_of(authority.as_bytes(), b']') else {
        return None;
    };
    let Some((open_host, close_after)) = authority.split_at_checked(close) else {
        return None;
    };
    let (Some((_, host)), Some((_, after))) =
        (open_host.split_at_checked(1), close_after.split_at_checked(1))
    else {
        return None;
    };
    if is_ipv6(host.as_bytes()) { Some((host, after)) } else { None }
}

const fn index_of(mut bytes: &[u8], wanted: u8) -> Option<usize> {
    let len = bytes.len();
    while let Some((byte, rest)) = bytes.split_first() {
        if *byte == wanted {
            return Some(len.saturating_sub(bytes.len()));
        }
        bytes = rest;
    }
    None
}

/// One to five digits, not above `limit`.
const fn number(mut digits: &[u8], limit: u16) -> Option<u16> {
    if digits.is_empty() || digits.len() > 5 {
        return None;
    }
    let mut number = 0_u32;
    while let Some((digit, rest)) = digits.split_first() {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number.saturating_mul(10).saturating_add((*digit & 0x0f) as u32);
        digits = rest;
    }
    #[expect(clippy::cast_possible_truncation, reason = "not above `limit`, which is a u16")]
    if number > limit as u32 { None } else { Some(number as u16) }
}

/// An IPv4 address, or labels of letters, digits, `-` and `_`, 1 to 63 long, 253 in all. A last label that looks like a
/// number makes it an address or nothing: resolvers disagree about what else it could be.
const fn is_name(name: &[u8]) -> bool {
    let mut rest = name;
    while rest.len() <= 253 {
        let len = match index_of(rest, b'.') {
            Some(at) => at,
            None => rest.len(),
        };
        let Some((label, after)) = rest.split_at_checked(len) else { return false };
        if label.is_empty() || label.len() > 63 || !is_label(label) {
            return false;
        }
        match after.split_first() {
            Some((_, next)) => rest = next,
            None => return !looks_like_number(label) || is_ipv4(name),
        }
    }
    false
}

/// Decimal, or hexadecimal behind `0x`.
const fn looks_like_number(label: &[u8]) -> bool {
    match label {
        [b'0', b'x' | b'X', digits @ ..] => is_hex(digits),
        _ => is_digits(label),
    }
}

/// RFC 3986 §3.2.2: four decimal octets without leading zeros, which some take for octal.
const fn is_ipv4(mut rest: &[u8]) -> bool {
    let mut octets = 1_usize;
    loop {
        let len = match index_of(rest, b'.') {
            Some(at) => at,
            None => rest.len(),
        };
        let Some((octet, after)) = rest.split_at_checked(len) else { return false };
        if matches!(octet, [b'0', _, ..]) || number(octet, 255).is_none() {
            return false;
        }
        match after.split_first() {
            Some((_, next)) => (rest, octets) = (next, octets.saturating_add(1)),
            None => return octets == 4,
        }
    }
}

const fn is_label(mut label: &[u8]) -> bool {
    while let Some((byte, rest)) = label.split_first() {
        if !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'_') {
            return false;
        }
        label = rest;
    }
    true
}

const fn is_digits(mut label: &[u8]) -> bool {
    while let Some((byte, rest)) = label.split_first() {
        if !byte.is_ascii_digit() {
            return false;
        }
        label = rest;
    }
    true
}

/// RFC 4291 §2.2: eight groups, or fewer around one `::`; the last two may be written as an IPv4 address. No zone.
const fn is_ipv6(mut rest: &[u8]) -> bool {
    let (mut groups, mut gap) = (0_usize, false);
    if let [b':', b':', after @ ..] = rest {
        (gap, rest) = (true, after);
        if rest.is_empty() {
            return true;
        }
    }
    loop {
        let len = match index_of(rest, b':') {
            Some(at) => at,
            None => rest.len(),
        };
        let Some((group, after)) = rest.split_at_checked(len) else {
            return false;
        };
        if after.is_empty() && index_of(group, b'.').is_some() {
            groups = groups.saturating_add(2);
            return is_ipv4(group) && if gap { groups < 8 } else { groups == 8 };
        }
        if group.is_empty() || group.len() > 4 || !is_hex(group) {
            return false;
        }
        groups = groups.saturating_add(1);
        match after {
            [] => return if gap { groups < 8 } else { groups == 8 },
            [b':', b':'] => return !gap && groups < 8,
            [b':', b':', next @ ..] => {
                if gap {
                    return false;
                }
                (gap, rest) = (true, next);
            }
            [_, next @ ..] => rest = next,
        }
    }
}

const fn is_hex(mut digits: &[u8]) -> bool {
    while let Some((byte, rest)) = digits.split_first() {
        if !byte.is_ascii_hexdigit() {
            return false;
        }
        digits = rest;
    }
    true
}

/// Path and query (RFC 3986 §3.3, §3.4): no fragment, no unfilled `{placeholder}`, whole percent escapes.
const fn is_target(mut rest: &[u8]) -> bool {
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'%' => match after {
                [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {}
                _ => return false,
            },
            b'"' | b'#' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => return false,
            b'!'..=b'~' => {}
            _ => return false,
        }
    }
    true
}
