//! What the tests share: fakes of the world around the public surface, and a reader of the vectors. No test lives here.
//!
//! The fakes say one thing each: [`stream`] a byte stream with a script, [`modem`] a transport at HTTP height, [`network`]
//! servers behind an opener that keeps its connection, [`board`] the one TLS session of a microcontroller, [`mod@line`]
//! the same held by a future. [`drive`] runs the same fetch through both drivers.

pub mod board;
pub mod drive;
pub mod line;
pub mod modem;
pub mod network;
pub mod stream;
pub mod vectors;

use keyfob::{ClientAuth, Endpoint, endpoint};

/// The body of a usual reply: the token `abc.def`, for 300 s.
pub const TOKEN: &str = r#"{"access_token":"abc.def","token_type":"Bearer","expires_in":300}"#;

/// The same as a whole reply of HTTP.
pub const REPLY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n{\"access_token\":\"abc.def\",\"token_type\":\"Bearer\",\"expires_in\":300}";

/// The authorization server.
pub const ID: Endpoint<'static> = endpoint!("https://id.example/token");

/// Who we are there.
pub const AUTH: ClientAuth<'static> = ClientAuth::secret_post("sensor-17", "s3cret");
