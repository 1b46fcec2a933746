//! Answers, and the header fields that Keycloak puts on each of its own. Not here: when which is given.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, PRAGMA,
    REFERRER_POLICY, RETRY_AFTER, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use hyper::{Response, StatusCode};
use serde::Serialize;

/// An answer, whole.
pub(crate) type Reply = Response<Full<Bytes>>;

/// An answer with a body and no header fields but those that frame it.
pub(crate) fn reply(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
    let body = body.into();
    let length = HeaderValue::from(body.len());
    let mut reply = Response::new(Full::new(body));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_LENGTH, length);
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

/// An answer in JSON. What is written here always can be; if not, it is a fault of this server.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Reply {
    match serde_json::to_vec(body) {
        Ok(body) => reply(status, "application/json", body),
        Err(_) => {
            reply(StatusCode::INTERNAL_SERVER_ERROR, "application/json", r#"{"error":"unknown_error"}"#)
        }
    }
}

/// Members in the order of RFC 6749 §5.2. Keycloak leaves the description out where `error` is prose.
#[derive(Serialize)]
pub(crate) struct Refusal<'a> {
    pub(crate) error: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_description: Option<&'a str>,
}

/// A refusal outside of the protocol, whose `error` is prose.
pub(crate) fn prose(status: StatusCode, error: &str) -> Reply {
    secured(json(status, &Refusal { error, error_description: None }))
}

/// RFC 6749 §5.1: whatever the token endpoint says must not be stored.
pub(crate) fn never_stored(answer: Reply) -> Reply {
    let mut reply = Response::new(Full::default());
    *reply.status_mut() = answer.status();
    let headers = reply.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    let (parts, body) = answer.into_parts();
    headers.extend(parts.headers);
    *reply.body_mut() = body;
    secured(reply)
}

/// Adds the five header fields that Keycloak adds to every JSON answer.
pub(crate) fn secured(mut reply: Reply) -> Reply {
    const FIELDS: [(HeaderName, &str); 5] = [
        (REFERRER_POLICY, "no-referrer"),
        (STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "SAMEORIGIN"),
        (HeaderName::from_static("x-robots-tag"), "none"),
    ];
    for (name, value) in FIELDS {
        reply.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    reply
}

/// What a proxy in front of an overloaded server says; `seconds` is when to come back (RFC 9110 §10.2.3).
pub(crate) fn overloaded(seconds: u64) -> Reply {
    let page = "<html><body><h1>503 Service Unavailable</h1></body></html>\n";
    let mut reply = reply(StatusCode::SERVICE_UNAVAILABLE, "text/html", page);
    reply.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    reply
}

/// Tells the client that this stream ends here (RFC 9112 §9.6); the server then closes it.
pub(crate) fn last(mut reply: Reply) -> Reply {
    reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    reply
}
