//! More than one: audiences on one session, servers, tasks.

use crate::Outcome;
use keyfob::asynch::RoundTrip;
use keyfob::{
    Client, ClientAuth, Endpoint, Http1, HttpRequest, Instant, Link, Moment, Plan, Slot, TokenRequest,
    endpoint,
};
use keyfob_tests::modem::Modem;
use keyfob_tests::network::{Host, Network, REPLY};
use keyfob_tests::{AUTH, ID, TOKEN};

const API: Endpoint<'_> = endpoint!("https://id.example/telemetry");

#[test]
fn two_audiences_share_one_session() -> Outcome {
    let network = Network::new([REPLY, REPLY, REPLY]);
    let program = async {
        let (mut a, mut b, mut scratch, mut reply) = ([0; 512], [0; 512], [0; 1024], [0; 256]);
        let mut client = Client::new(ID, AUTH);
        let mut telemetry = Slot::new(TokenRequest::new().audience("telemetry"), &mut a);
        let mut updates = Slot::new(TokenRequest::new().audience("updates"), &mut b);
        let mut link = Link::new(Http1::new(Host::new(&network)), || Moment::at_millis(5), &mut scratch);

        let write = client.token_async(&mut link, &mut telemetry).await?;
        let read = client.token_async(&mut link, &mut updates).await?; // both lent at once
        let call =
            HttpRequest::post(API, "application/json", b"{\"t\":21}").authorization(write.header_value());
        let answer = link.transport.round_trip(call, &mut reply).await?; // the same session, the token not copied
        assert_eq!(answer.status, 200);
        assert_eq!(read.header_value(), b"Bearer abc.def");
        Outcome::Ok(())
    };
    embassy_futures::block_on(program)?;
    assert_eq!(network.log(), "open id.example, POST /token, POST /token, POST /telemetry, close id.example");
    let requests = network.requests();
    assert!(requests[0].contains("&audience=telemetry&"));
    assert!(requests[1].contains("&audience=updates&"));
    assert!(requests[2].contains("Authorization: Bearer abc.def\r\n"));
    assert!(requests[2].ends_with("\r\n\r\n{\"t\":21}"));
    Ok(())
}

#[tokio::test]
async fn a_spawned_task_uses_the_async_client() {
    let host = Host::new(&Network::new([REPLY]));
    let task = tokio::spawn(async {
        let mut client = Client::new(ID, AUTH);
        let mut slot = Slot::new(TokenRequest::new(), vec![0; 2048]);
        let mut link = Link::new(Http1::new(host), || Moment::at_millis(5), vec![0; 3072]);
        let token = client.token_async(&mut link, &mut slot).await.unwrap();
        tokio::task::yield_now().await; // a token lent across an await
        token.header_str().to_owned()
    });
    assert_eq!(task.await.unwrap(), "Bearer abc.def");
}

#[test]
fn the_secret_changes_and_the_slot_survives() {
    let (mut memory, mut scratch, mut vault) = ([0; 256], [0; 512], String::from("first"));
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let mut link = Link::new(Modem::new([(200, TOKEN)]), || Moment::at_millis(5), &mut scratch);
    let mut generations = Vec::new();
    for next in ["second", "third"] {
        // The secret lies in memory that is written again: so the client lives as long as the secret, the slot longer.
        let mut client = Client::new(ID, ClientAuth::secret_post("sensor-17", &vault));
        generations.push(client.token(&mut link, &mut slot).unwrap().generation());
        vault = next.into();
    }
    assert_eq!(generations[0], generations[1]);
    assert_eq!(link.transport.orders.len(), 1);
    assert!(link.transport.orders[0].body.ends_with("client_secret=first"));
}

#[test]
fn one_servers_token_is_never_used_at_another() {
    let (mut memory, mut scratch) = ([0; 256], [0; 512]);
    let now = Instant::from_millis(5);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let mut link = Link::new(Modem::new([(200, TOKEN)]), || Moment::at_millis(5), &mut scratch);
    let mut here = Client::new(ID, AUTH);
    let mut there = Client::new(endpoint!("https://other.example/token"), AUTH);
    let other_client = Client::new(ID, ClientAuth::secret_post("sensor-18", "s3cret"));

    let generation = here.token(&mut link, &mut slot).unwrap().generation();
    assert_eq!(here.plan(&slot, now), Plan::Use);
    assert_eq!(there.plan(&slot, now), Plan::Fetch);
    assert_eq!(other_client.plan(&slot, now), Plan::Fetch);

    here.set_auth(ClientAuth::secret_post("sensor-17", "another secret"));
    assert_eq!(here.plan(&slot, now), Plan::Use, "the secret is no part of what a token is for");
    here.set_auth(ClientAuth::secret_post("sensor-18", "s3cret"));
    assert_eq!(here.plan(&slot, now), Plan::Fetch, "the client is");

    assert_ne!(there.token(&mut link, &mut slot).unwrap().generation(), generation);
    assert_eq!(link.transport.orders[1].url, "https://other.example/token");
}
