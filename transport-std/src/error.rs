//! What can go wrong on the way to a server, sorted by who can mend it. `Copy`, without any text of the server's.

use embedded_io::ErrorKind;
use rustls::{AlertDescription, CertificateError};
use std::fmt;
use std::io;

/// What went wrong on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The host's name has no address, or the name service couldn't be asked: mend the URL or the network.
    NameNotFound,
    /// Nothing listens at the server's address: start the server, or mend the port in the URL.
    Refused,
    /// No route leads to the server: mend the network.
    Unreachable,
    /// The time limit passed during this phase.
    TimedOut(Phase),
    /// The server's certificate is not good for this connection. Nothing was sent.
    Certificate(CertificateProblem),
    /// The server broke off with this TLS alert (RFC 8446 §6.2): its log says why.
    Alert(u8),
    /// What listens there doesn't speak TLS: most often it is the port for plain HTTP.
    NotTls,
    /// The server speaks TLS, but no version or cipher that this side takes, or another protocol inside of it.
    Incompatible,
    /// The server broke the rules of TLS, or someone changed bytes on the way.
    Tls,
    /// The TLS stream ended without its closing message: what came may not be all that was sent.
    Truncated,
    /// The server closed the connection during this phase.
    Closed(Phase),
    /// The operating system said no during this phase.
    Io(Phase, io::ErrorKind),
    /// This computer has no root certificates to trust: install them (`ca-certificates`), or name a CA file.
    NoRoots,
    /// Plain HTTP was allowed on this computer only, and the host's name leads elsewhere. Nothing was sent.
    NotLoopback,
}

/// Which part of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// The host's name is looked up.
    LookUp,
    /// The TCP connection is made.
    Connect,
    /// TLS is agreed on.
    Handshake,
    /// The request is sent.
    Send,
    /// The reply is awaited.
    Receive,
}

/// What is wrong with a server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// It was issued by no one who is trusted here; by an authority of the same name, perhaps, but with another key.
    UnknownIssuer,
    /// It has expired, or this computer's clock is ahead.
    Expired,
    /// It isn't valid yet, or this computer's clock is behind.
    NotYetValid,
    /// It is for other names.
    WrongName,
    /// Its issuer took it back.
    Revoked,
    /// Something else: its signature, its purpose, its form.
    Unusable,
}

impl Error {
    /// From an I/O error that happened during `phase`.
    pub(crate) fn from_io(error: &io::Error, phase: Phase) -> Self {
        match error.kind() {
            // What a socket says when its time-out passed, by system.
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::TimedOut(phase),
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::AddrNotAvailable => Self::Unreachable,
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::NotConnected
            | io::ErrorKind::UnexpectedEof => Self::Closed(phase),
            kind => Self::Io(phase, kind),
        }
    }

    pub(crate) const fn from_certificate(error: &CertificateError) -> Self {
        use CertificateError as E;
        Self::Certificate(match error {
            // A bad signature is what an authority of the same name and another key leads to: one that was made anew.
            E::UnknownIssuer | E::BadSignature => CertificateProblem::UnknownIssuer,
            E::Expired | E::ExpiredContext { .. } => CertificateProblem::Expired,
            E::NotValidYet | E::NotValidYetContext { .. } => CertificateProblem::NotYetValid,
            E::NotValidForName | E::NotValidForNameContext { .. } => CertificateProblem::WrongName,
            E::Revoked => CertificateProblem::Revoked,
            _ => CertificateProblem::Unusable,
        })
    }
}

impl From<&rustls::Error> for Error {
    fn from(error: &rustls::Error) -> Self {
        match error {
            rustls::Error::InvalidCertificate(error) => Self::from_certificate(error),
            rustls::Error::NoCertificatesPresented => Self::Certificate(CertificateProblem::Unusable),
            rustls::Error::AlertReceived(alert) => Self::Alert((*alert).into()),
            rustls::Error::InvalidMessage(_) => Self::NotTls,
            rustls::Error::PeerIncompatible(_) | rustls::Error::NoApplicationProtocol => Self::Incompatible,
            _ => Self::Tls,
        }
    }
}

impl embedded_io::Error for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::TimedOut(_) => ErrorKind::TimedOut,
            Self::NameNotFound => ErrorKind::NotFound,
            Self::Refused => ErrorKind::ConnectionRefused,
            Self::Unreachable => ErrorKind::AddrNotAvailable,
            Self::Closed(_) => ErrorKind::ConnectionReset,
            Self::Truncated | Self::Alert(_) => ErrorKind::ConnectionAborted,
            Self::Certificate(_) | Self::NoRoots | Self::NotLoopback => ErrorKind::PermissionDenied,
            Self::NotTls | Self::Tls => ErrorKind::InvalidData,
            Self::Incompatible => ErrorKind::Unsupported,
            Self::Io(_, kind) => (*kind).into(),
        }
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NameNotFound => f.write_str(
                "the server's name was not found: check the host in the URL, and this computer's name service",
            ),
            Self::Refused => f.write_str(
                "the connection was refused: nothing listens there; is the server up, and the port right?",
            ),
            Self::Unreachable => {
                f.write_str("no route leads to the server: check this computer's network")
            }
            Self::TimedOut(phase) => {
                write!(f, "the time limit passed while {phase}: the server or the network is too slow")
            }
            Self::Certificate(problem) => problem.fmt(f),
            Self::Alert(code) => {
                let alert = AlertDescription::from(*code);
                write!(f, "the server broke off TLS with alert {code} ({alert:?}): its log says why")
            }
            Self::NotTls => f.write_str(
                "what listens there does not speak TLS: is the port in the URL the one for https?",
            ),
            Self::Incompatible => {
                f.write_str("the server offers no TLS version, cipher or protocol that is taken here: update it")
            }
            Self::Tls => f.write_str("the server broke the rules of TLS, or bytes were changed on the way"),
            Self::Truncated => {
                f.write_str("the TLS stream was cut off before its end, by the server or on the way")
            }
            Self::Closed(phase) => write!(f, "the server closed the connection while {phase}: its log says why"),
            Self::Io(phase, kind) => write!(f, "this computer could not go on while {phase}: {kind}"),
            Self::NoRoots => f.write_str(
                "this computer has no root certificates to trust: install ca-certificates, or name a CA file",
            ),
            Self::NotLoopback => f.write_str(
                "plain http is for this computer only, and the host's name leads elsewhere: use https",
            ),
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LookUp => "the server's name was looked up",
            Self::Connect => "the connection was made",
            Self::Handshake => "TLS was agreed on",
            Self::Send => "the request was sent",
            Self::Receive => "the answer was awaited",
        })
    }
}

impl fmt::Display for CertificateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownIssuer => {
                "the server's certificate comes from an issuer that is not trusted here: name the right CA file"
            }
            Self::Expired => {
                "the server's certificate has expired: renew it there, or set this computer's clock right"
            }
            Self::NotYetValid => {
                "the server's certificate is not valid yet: set this computer's clock right, or mend it there"
            }
            Self::WrongName => {
                "the server's certificate is for other names: use the name it is made for in the URL"
            }
            Self::Revoked => "the server's certificate was revoked: replace it there",
            Self::Unusable => "the server's certificate is not usable for TLS: replace it there",
        })
    }
}
