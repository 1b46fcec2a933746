//! Byte streams that break, dawdle or end, and buffers that are too small: at every byte and every call, for both drivers.

mod capacity;
mod cuts;
mod encoders;
mod failing_calls;
mod repeats;

use keyfob_tests::vectors::blocks;

/// How a reply says where its body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Length,
    Chunked,
    UntilClose,
}

const FRAMINGS: [Framing; 3] = [Framing::Length, Framing::Chunked, Framing::UntilClose];

/// A whole reply, with headers that are kept beside the body.
fn reply(status: u16, body: &[u8], framing: Framing) -> Vec<u8> {
    let mut reply = format!("HTTP/1.1 {status} So\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n").into_bytes();
    match framing {
        Framing::Length => {
            reply.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
            reply.extend(body);
        }
        Framing::Chunked => {
            reply.extend(b"Transfer-Encoding: chunked\r\n\r\n");
            for chunk in body.chunks(29) {
                reply.extend(format!("{:x};of=many\r\n", chunk.len()).bytes());
                reply.extend(chunk);
                reply.extend(b"\r\n");
            }
            reply.extend(b"0\r\nX-Trailer: last\r\n\r\n");
        }
        Framing::UntilClose => {
            reply.extend(b"\r\n");
            reply.extend(body);
        }
    }
    reply
}

/// What every provider sends: (name, status, body).
fn providers() -> Vec<(String, u16, Vec<u8>)> {
    let vectors = blocks("replies/providers.txt").into_iter();
    vectors
        .map(|vector| {
            let status = vector.setting("status").map_or(200, |status| status.parse().unwrap());
            (vector.name, status, vector.bytes)
        })
        .filter(|(_, status, _)| *status != 204)
        .collect()
}
