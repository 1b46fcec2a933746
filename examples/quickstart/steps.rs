//! What happens, step by step: fetched, used, from memory, revoked, expired. Each step is what a program would do; how it
//! looks is `timeline`'s affair, what an error means `advice`'s.

use crate::advice::{Advice, Trouble};
use crate::granted::Granted;
use crate::roles::{Claims, Name};
use crate::scene::{Scene, Service};
use crate::settings::Settings;
use crate::timeline::{Seconds, Timeline, thousands};
use crate::watch::{Trip, Watch};
use keyfob::blocking::RoundTrip;
use keyfob::claims::ClaimsError;
use keyfob::{Client, Clock, Endpoint, Http1, HttpRequest, Instant, Link, Slot, Token};
use keyfob_std::{Connector, StdClock};
use keyfob_world::World;
use std::thread;
use std::time::Duration;

/// How long a token's end is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// The life that the world gives to the tokens whose end is shown.
const SHORT_LIFE: Duration = Duration::from_secs(2);
/// Bytes of a service's answer that are read.
const LONGEST_ANSWER: usize = 1 << 20;
/// Bytes lent for reading claims: on the stack, so that the heap stays out of it.
const CLAIMS: usize = 64 * 1024;

/// Runs all steps.
pub(crate) fn run<'a>(
    scene: Scene<'a>,
    settings: &'a Settings,
    timeline: &'a mut Timeline,
) -> Result<(), Trouble> {
    let mut run = Run::new(scene, settings, timeline);
    run.title();
    run.turn(Telling::Everything)?;
    if run.service.is_none() {
        run.timeline.skipped("calls: API_URL names nothing to GET with the token");
    }
    run.turn(Telling::Memory)?;
    run.revoke()?;
    run.expire()?;
    run.end();
    Ok(())
}

struct Run<'a> {
    client: Client<'a>,
    client_id: &'a str,
    slot: Slot<'a>,
    link: Link<'a, Watch<Http1<Connector>>, StdClock>,
    server: String,
    service: Option<Watched<'a>>,
    world: Option<&'a World>,
    settings: &'a Settings,
    timeline: &'a mut Timeline,
}

struct Watched<'a> {
    name: String,
    endpoint: Endpoint<'a>,
    transport: Watch<Http1<Connector>>,
    answer: Vec<u8>,
}

/// What a turn tells besides its requests.
#[derive(Clone, Copy, PartialEq)]
enum Telling {
    /// What is in the token.
    Everything,
    /// That it came from memory.
    Memory,
    Requests,
}

impl<'a> Run<'a> {
    fn new(scene: Scene<'a>, settings: &'a Settings, timeline: &'a mut Timeline) -> Self {
        let transport = Watch::of_tokens(scene.transport);
        Self {
            client: scene.client,
            client_id: scene.client_id,
            slot: Slot::new(scene.request, vec![0; settings.token_memory]),
            link: Link::new(transport, StdClock::new(), vec![0; settings.scratch]),
            server: scene.server,
            service: scene.service.map(Watched::new),
            world: scene.world,
            settings,
            timeline,
        }
    }

    fn title(&mut self) {
        let endpoint = self.client.endpoint();
        let mut servers = vec![&*self.server];
        let mut title = format!("{} gets a token", self.client_id);
        if let Some(service) = &self.service {
            servers.push(&service.name);
            title = format!("{title} and calls {}", service.name);
        }
        let subtitle = match self.world {
            None => endpoint.url().to_owned(),
            Some(_) => format!("{}, just started here", endpoint.url()),
        };
        self.timeline.title(&title, &subtitle, self.client_id, &servers);
        if !endpoint.is_https() {
            self.timeline.warn(
                "TLS is missing: the secret travels readable. For real use, set TOKEN_URL to https://…",
            );
        }
        if let Some(service) = &self.service
            && !service.endpoint.is_https()
        {
            self.timeline.warn(
                "TLS to the API is missing: the token travels readable. For real use, https:// in API_URL",
            );
        }
    }

    /// What a program does whenever it calls a service: the kept token or a new one, the call; and once more with a new
    /// token, should the service refuse the old one.
    fn turn(&mut self, telling: Telling) -> Result<(), Trouble> {
        let Self { client, client_id, slot, link, service, settings, timeline, .. } = self;
        let advice = Advice { endpoint: client.endpoint(), client_id, other_auth: settings.other_auth };
        let mut refused = false;
        loop {
            let (before, now) = (link.transport.requests, link.clock.moment().now());
            let fetched = client.token(link, slot);
            let requests = link.transport.requests - before;
            let trip = link.transport.last.filter(|_| requests > 0);
            let token = match fetched {
                // No error while the old token serves, but the lease tells of it.
                Ok(token) => token.lease().refresh_failed.map_or(Ok(token), |why| Err(Trouble::Renewal(why))),
                Err(error) => Err(Trouble::Told(advice.about_token(error))),
            };
            let token = token.inspect_err(|_| {
                if let Some(trip) = trip {
                    timeline.request("failed", client_id, &self.server, trip, "");
                }
            })?;
            if let Some(trip) = trip {
                let step = if before == 0 { "fetched" } else { "renewed" };
                // Counted from when the request left, as keyfob counts it.
                let life = until(token.expires_at(), now);
                let is_whole = link.transport.granted.as_ref().is_none_or(|granted| !granted.outlives(life));
                let says = if is_whole { "expires in" } else { "kept for" };
                timeline.request(step, client_id, &self.server, trip, &format!("{says} {}", Seconds(life)));
            } else if telling == Telling::Memory {
                timeline.event("memory", &format!("the same token, from memory: {requests} requests"));
            }
            if telling == Telling::Everything && before == 0 {
                tell(timeline, token, settings.show_token);
                if let Some(granted) = &link.transport.granted {
                    let kept = until(token.expires_at(), now);
                    tell_granted(timeline, granted, settings.scope.as_deref(), kept);
                }
            }

            let generation = token.generation();
            let Some(service) = service else { return Ok(()) };
            let trip = service
                .get(token)
                .map_err(|error| Trouble::Told(advice.about_service(service.endpoint, error)))?;
            let again = trip.status == 401 && !refused;
            let note = if again { "so: one renewal" } else { "" };
            timeline.request("called", client_id, &service.name, trip, note);
            match trip.status {
                200..300 => return Ok(()),
                401 if again => {
                    refused = true;
                    slot.distrust(generation);
                }
                status => return Err(Trouble::Told(advice.about_status(service.endpoint, status))),
            }
        }
    }

    /// Revoked → 401 → one renewal → 200.
    fn revoke(&mut self) -> Result<(), Trouble> {
        let Some(world) = self.world else {
            self.timeline.skipped("revocation: that is for the server's administrator");
            return Ok(());
        };
        world.revoke_all();
        world.set_token_life(SHORT_LIFE);
        self.timeline.event("revoked", "all tokens, by the server's administrator");
        self.turn(Telling::Requests)
    }

    /// A token that is about to expire → renewed.
    fn expire(&mut self) -> Result<(), Trouble> {
        let now = self.link.clock.moment().now();
        let (due, expires_at) =
            (self.slot.refresh_at(), self.slot.token(now).map(|token| token.expires_at()));
        let wait = until(due, now);
        if wait > PATIENCE {
            let wait = Seconds(wait);
            self.timeline
                .skipped(&format!("expiry: this token is due for renewal in {wait}, too long to wait here"));
            return Ok(());
        }
        while self.link.clock.moment().now() < due {
            thread::sleep(until(due, self.link.clock.moment().now()));
        }
        let waited = Seconds(until(self.link.clock.moment().now(), now));
        let left = until(expires_at.unwrap_or(now), self.link.clock.moment().now());
        let fate =
            if left.is_zero() { "has expired".into() } else { format!("expires in {}", Seconds(left)) };
        self.timeline.event("expiry", &format!("waited {waited}; the token {fate}: due for renewal"));
        self.turn(Telling::Requests)
    }

    fn end(&self) {
        let calls = self.service.as_ref().map_or(0, |service| service.transport.requests);
        let of = |count, what| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        self.timeline.end(&match self.world {
            None => format!("{}, {}.", of(self.link.transport.requests, "token request"), of(calls, "call")),
            Some(world) => format!(
                "The servers counted {} and {} over {}. For your own server see --help.",
                of(world.token_requests(), "token request"),
                of(world.api_calls(), "call"),
                of(world.token_connections() + world.api_connections(), "connection"),
            ),
        });
    }
}

impl<'a> Watched<'a> {
    fn new(service: Service<'a>) -> Self {
        let transport = Watch::new(service.transport);
        Self { name: service.name, endpoint: service.endpoint, transport, answer: vec![0; LONGEST_ANSWER] }
    }

    fn get(&mut self, token: Token<'_>) -> Result<Trip, keyfob::Error<keyfob_std::Error>> {
        let request = HttpRequest::get(self.endpoint).authorization(token.header_value());
        let reply = self.transport.round_trip(request, &mut self.answer)?;
        let (status, bytes) = (reply.status, reply.body.len());
        Ok(self.transport.last.unwrap_or(Trip { status, bytes, took: Duration::ZERO }))
    }
}

/// What is in a token, as far as it may be seen.
fn tell(timeline: &Timeline, token: Token<'_>, whole: bool) {
    let text = token.expose_token();
    if whole {
        timeline.whole_token(text);
    } else {
        // A short token shows less of itself.
        let shown = text.get(..(text.len() / 4).min(16)).unwrap_or_default();
        let len = thousands(text.len());
        timeline.detail("token", &format!("{shown}… ({len} characters; --show-token prints it whole)"));
    }
    #[expect(clippy::large_stack_arrays, reason = "to show that no heap is needed")]
    let claims = match Claims::read(text, &mut [0; CLAIMS]) {
        Ok(claims) => claims,
        Err(ClaimsError::NotJwt) => {
            return timeline
                .detail("roles", "unknown: this server's tokens are opaque to clients, which is fine");
        }
        Err(error) => return timeline.detail("roles", &format!("unknown: {error}")),
    };
    let (realm, clients) = (&claims.realm_access.roles, &claims.resource_access);
    if realm.count == 0 && clients.count == 0 {
        timeline.detail("roles", "none in this token");
    }
    let mut name = "roles";
    for (client, roles) in &clients.first {
        timeline.names(name, &client.to_string(), &roles.roles.first, roles.roles.count);
        name = "";
    }
    if clients.count > clients.first.len() {
        timeline.detail(name, &format!("of {} more clients", clients.count - clients.first.len()));
    }
    if realm.count > 0 {
        timeline.names(name, "realm", &realm.first, realm.count);
    }
}

/// Where the server gives less than was asked for, or more than is kept.
fn tell_granted(timeline: &Timeline, granted: &Granted, asked: Option<&str>, kept: Duration) {
    if let Some(scope) = asked.and_then(|asked| granted.other_than(asked)) {
        let named = |names: &[&str]| names.iter().copied().map(Name::of).collect::<Vec<_>>();
        timeline.names("scope", "granted", &named(&scope.granted), scope.granted.len());
        if !scope.missing.is_empty() {
            timeline.names("", "not granted", &named(&scope.missing), scope.missing.len());
        }
    }
    if granted.outlives(kept) {
        let most = if granted.life == u32::MAX { " or more" } else { "" };
        let life = thousands(usize::try_from(granted.life).unwrap_or(usize::MAX));
        timeline.detail("life", &format!("{life} s{most} by the reply; keyfob keeps no token for so long"));
    }
}

fn until(later: Instant, now: Instant) -> Duration {
    Duration::from_millis(later.as_millis().saturating_sub(now.as_millis()))
}
