//! Kept connections on a computer, whose streams are owned.

use keyfob::{
    Channel, Client, ClientAuth, Endpoint, Error, Http1, HttpReply, HttpRequest, Link, Moment, ResponseError,
    RetryAfter, Slot, TokenRequest, endpoint,
};
use keyfob_tests::network::{Connection, HANGS_UP, Host, LAST, Network, OLD, REPLY};
use keyfob_tests::{AUTH, ID};

const API: Endpoint<'_> = endpoint!("https://id.example/telemetry");
const ELSEWHERE: Endpoint<'_> = endpoint!("https://api.example/telemetry");

#[test]
fn token_and_calls_share_a_connection() {
    use keyfob::blocking::RoundTrip;
    let network = Network::new([REPLY, REPLY, LAST, REPLY, REPLY]);
    let (mut memory, mut scratch, mut reply) = ([0; 512], [0; 1024], [0; 512]);
    let mut client = Client::new(ID, AUTH);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let mut link = Link::new(Http1::new(Host::new(&network)), || Moment::at_millis(5), &mut scratch);

    let token = client.token(&mut link, &mut slot).unwrap();
    let call = || HttpRequest::get(API).authorization(token.header_value());
    link.transport.round_trip(call(), &mut reply).unwrap(); // the token's connection
    link.transport.round_trip(call(), &mut reply).unwrap(); // … which the server then ends
    link.transport.round_trip(call(), &mut reply).unwrap();
    link.transport.round_trip(HttpRequest::get(ELSEWHERE), &mut reply).unwrap();
    assert_eq!(
        network.log(),
        "open id.example, POST /token, GET /telemetry, GET /telemetry, \
         close id.example, open id.example, GET /telemetry, close id.example, open api.example, GET /telemetry"
    );
}

#[tokio::test]
async fn also_in_a_spawned_task() {
    let network = Network::new([REPLY, REPLY]);
    let host = Host::new(&network);
    let task = tokio::spawn(async {
        use keyfob::asynch::RoundTrip;
        let mut client = Client::new(ID, AUTH);
        let mut slot = Slot::new(TokenRequest::new(), vec![0; 512]);
        let mut link = Link::new(Http1::new(host), || Moment::at_millis(5), vec![0; 1024]);
        let token = client.token_async(&mut link, &mut slot).await.unwrap();
        let call = HttpRequest::post(API, "application/json", b"{}").authorization(token.header_value());
        let mut reply = [0; 512];
        let reply = link.transport.round_trip(call, &mut reply).await;
        reply.map(|reply| reply.status)
    });
    assert_eq!(task.await.unwrap(), Ok(200));
    assert_eq!(network.log(), "open id.example, POST /token, POST /telemetry, close id.example");
}

#[tokio::test]
async fn a_stream_that_is_open_already_serves_owned_or_borrowed() {
    let network = Network::new([REPLY, REPLY]);
    let mut borrowed = Connection::open(&network, "id.example");
    let owned = Connection::open(&network, "id.example");
    let task = tokio::spawn(async move {
        use keyfob::asynch::RoundTrip;
        let mut reply = [0; 512];
        let mut http = Http1::over(owned, API, Channel::Authenticated);
        http.round_trip(HttpRequest::get(API), &mut reply).await.map(|_| ()).unwrap();
        let mut http = Http1::over(&mut borrowed, API, Channel::Authenticated);
        let reply = http.round_trip(HttpRequest::get(API), &mut reply).await;
        reply.map(|reply| reply.status)
    });
    assert_eq!(task.await.unwrap(), Ok(200));
}

/// A device with one TLS session lends it to its broker in between.
#[test]
fn a_stream_whose_opener_was_used_otherwise_gets_no_request() {
    use keyfob::blocking::{Connect, RoundTrip};
    let (network, mut reply) = (Network::new([REPLY, REPLY]), [0; 512]);
    let mut http = Http1::new(Host::new(&network));
    http.round_trip(HttpRequest::get(API), &mut reply).unwrap();
    http.connector_mut().connect(ELSEWHERE, http_limit()).unwrap();
    http.round_trip(HttpRequest::get(API), &mut reply).unwrap();
    assert_eq!(
        network.log(),
        "open id.example, GET /telemetry, close id.example, open api.example, close api.example, \
         open id.example, GET /telemetry"
    );
}

fn http_limit() -> std::time::Duration {
    std::time::Duration::from_secs(30)
}

#[test]
fn a_dead_stream_is_found_out_once() {
    use keyfob::blocking::RoundTrip;
    let second_call = |script: [&'static str; 3], call: HttpRequest<'static>| {
        let (network, mut reply) = (Network::new(script), [0; 512]);
        let mut http = Http1::new(Host::new(&network));
        http.round_trip(HttpRequest::get(API), &mut reply).unwrap();
        let status = http.round_trip(call, &mut reply).map(|reply| reply.status);
        (status, network.log().matches("open").count())
    };
    let ended = Err(Error::Response(ResponseError::EndedEarly));
    let get = || HttpRequest::get(API);
    let post = || HttpRequest::post(API, "application/json", b"{}");
    let until_the_end = "HTTP/1.1 200 OK\r\n\r\nuntil the end";
    let with_more = "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200";

    assert_eq!(second_call([REPLY, HANGS_UP, REPLY], get()), (Ok(200), 2));
    assert_eq!(second_call([REPLY, HANGS_UP, HANGS_UP], get()), (ended, 2), "not a third time");
    assert_eq!(second_call([REPLY, "HTTP/1.1 2", REPLY], get()), (ended, 1), "a byte came");
    // It may have been done (RFC 9110 §9.2.2), …
    assert_eq!(second_call([REPLY, HANGS_UP, REPLY], post()), (ended, 1));
    // … unless that does no harm.
    assert_eq!(second_call([REPLY, HANGS_UP, REPLY], post().repeatable()), (Ok(200), 2));
    assert_eq!(second_call([OLD, REPLY, REPLY], post()), (Ok(200), 2), "HTTP/1.0 is not kept");
    assert_eq!(second_call([until_the_end, REPLY, REPLY], post()), (Ok(200), 2));
    assert_eq!(second_call([with_more, REPLY, REPLY], post()), (Ok(200), 2), "bytes nobody asked for");
}

#[test]
fn another_host_port_or_scheme_is_another_server() {
    use keyfob::blocking::RoundTrip;
    let opened = |url: &str| {
        let (network, mut reply) = (Network::new([REPLY, REPLY]), [0; 512]);
        let mut http = Http1::new(Host::new(&network));
        http.round_trip(HttpRequest::get(API), &mut reply).unwrap();
        let to = Endpoint::https(url).or_else(|_| Endpoint::insecure_http(url)).unwrap();
        http.round_trip(HttpRequest::get(to), &mut reply).unwrap();
        network.log().matches("open").count()
    };
    assert_eq!(opened("https://id.example/other?path"), 1);
    assert_eq!(opened("https://ID.example:443/"), 1, "written differently, and the same");
    assert_eq!(opened("https://id.example:444/"), 2);
    assert_eq!(opened("https://id.example.evil.example/"), 2);
    assert_eq!(opened("https://d.example/"), 2);
    assert_eq!(opened("http://id.example:443/"), 2);
}

#[test]
fn challenges_come_in_several_lines() {
    use keyfob::blocking::RoundTrip;
    let network = Network::new(["HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate\r\n\
        www-authenticate: Bearer error=\"invalid_token\"\r\nWWW-Authenticate: DPoP algs=\"ES256\"\r\nContent-Length: 0\r\n\r\n"]);
    let mut reply = [0; 512];
    let mut http = Http1::new(Host::new(&network));
    let reply = http.round_trip(HttpRequest::get(API), &mut reply).unwrap();
    assert!(reply.challenges().eq(["Bearer error=\"invalid_token\"", "DPoP algs=\"ES256\""]));
}

#[test]
fn headers_are_read_at_http_height_too() {
    let head = "Server: x\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: Basic realm=\"a\"\r\n\
        WWW-Authenticate: NTLM\r\nwww-authenticate:bearer\r\nRetry-After: 7\r\nWWW-Authenticate: DPoP algs=\"ES256\"\r\n\
        DPoP-Nonce: n-0S6\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    let reply = HttpReply::new(401, &mut []).with_head(head.as_bytes());
    assert!(reply.challenges().eq(["bearer", "DPoP algs=\"ES256\""]));
    assert_eq!((reply.retry_after(), reply.date()), (Some(RetryAfter::Seconds(7)), Some(784_111_777)));
    assert_eq!(reply.dpop_nonce(), Some("n-0S6"));
}

#[test]
fn a_good_fetch_leaves_nothing_in_the_scratch() {
    let (mut memory, mut scratch) = ([0; 256], [0; 1024]);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let host = Host::new(&Network::new([REPLY]));
    let mut link = Link::new(Http1::new(host), || Moment::at_millis(5), &mut scratch);
    let auth = ClientAuth::secret_basic("sensor-17", "a long secret whose header outlasts the reply's head");
    Client::new(ID, auth).token(&mut link, &mut slot).unwrap();
    std::mem::forget(link); // it would wipe all of it
    assert_eq!(scratch, [0; 1024]);
}
