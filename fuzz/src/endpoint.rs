//! `Endpoint` against the `url` crate. What keyfob takes, url takes, and both go to the same host, port and target. What
//! url takes in its normal form, without anything that an endpoint cannot have, keyfob takes.
//!
//! Differences that are meant: url resolves dot segments and writes `'` in a query as `%27`, keyfob sends what it was
//! given; url decodes labels that start with `xn--`, keyfob leaves that to the resolver.
//!
//! Input: a text.

use keyfob::Endpoint;
use url::{Host, Url};

/// Checks one text.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for (scheme, endpoint) in [("https", Endpoint::https(text)), ("http", Endpoint::insecure_http(text))] {
        let url = Url::parse(text);
        match (endpoint, &url) {
            (Ok(endpoint), Ok(url)) => check_same(scheme, text, endpoint, url),
            (Ok(endpoint), Err(error)) => {
                assert!(has_punycode(endpoint.host()), "{endpoint:?} is taken here, and url says {error}");
            }
            (Err(error), Ok(url)) => assert!(!is_plain(scheme, text, url), "{error}: {url}"),
            (Err(_), Err(_)) => {}
        }
    }
}

fn check_same(scheme: &str, text: &str, endpoint: Endpoint<'_>, url: &Url) {
    assert_eq!((url.scheme(), endpoint.url(), endpoint.is_https()), (scheme, text, scheme == "https"));
    assert_eq!((url.username(), url.password(), url.fragment()), ("", None, None));
    assert_eq!(Some(endpoint.port()), url.port_or_known_default());
    match url.host() {
        Some(Host::Domain(domain)) => {
            assert!(
                domain.eq_ignore_ascii_case(endpoint.host()) || has_punycode(endpoint.host()),
                "{domain}"
            );
        }
        Some(Host::Ipv4(address)) => assert_eq!(endpoint.host().parse(), Ok(address)),
        Some(Host::Ipv6(address)) => assert_eq!(endpoint.host().parse(), Ok(address)),
        None => panic!("no host"),
    }
    let target = endpoint.target();
    assert!(target.starts_with('/') && target.bytes().all(|byte| byte.is_ascii_graphic()), "{target:?}");
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query.replace('\'', "%27"))),
        None => (target, None),
    };
    assert_eq!(query.as_deref(), url.query());
    let is_dots =
        |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    if !path.split('/').any(is_dots) {
        assert_eq!(path, url.path());
    }
}

fn has_punycode(host: &str) -> bool {
    host.split('.').any(|label| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--")))
}

/// Whether the text is a URL that an endpoint can be, told by what url made of it.
fn is_plain(scheme: &str, text: &str, url: &Url) -> bool {
    let host_fits = match url.host() {
        Some(Host::Domain(domain)) => {
            let is_fit = |label: &str| {
                (1..64).contains(&label.len())
                    && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            };
            domain.len() <= 253 && domain.split('.').all(is_fit)
        }
        Some(_) => true,
        None => false,
    };
    let target_fits = |part: &str| {
        let whole_escape =
            |after: &str| after.len() >= 2 && after.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
        part.bytes().all(|byte| byte.is_ascii_graphic() && !br##""#<>\^`{|}"##.contains(&byte))
            && part.split('%').skip(1).all(whole_escape)
    };
    url.as_str() == text
        && text.len() <= Endpoint::MAX_LEN
        && url.scheme() == scheme
        && host_fits
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
        && url.port() != Some(0)
        && target_fits(url.path())
        && target_fits(url.query().unwrap_or_default())
}
