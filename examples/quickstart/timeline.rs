//! How a run looks on paper: one line for each request or event, in columns; colour only where a terminal shows it. What
//! is worth a line is `steps`' affair.

use crate::watch::Trip;
use std::env;
use std::fmt::{self, Display};
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Where the text of a line begins: after the time and the step's name.
const INDENT: usize = 20;
/// Columns of a detail's name.
const NAME: usize = 7;
/// Columns of a line.
const WIDTH: usize = 100;
/// Columns of the longest `client → server` that leaves room for the rest of the line.
const ROUTE: usize = 34;

/// A timeline that is printed as it happens.
pub(crate) struct Timeline {
    began: Instant,
    colour: bool,
    /// Columns of the longest `client → server`.
    route: usize,
}

#[derive(Clone, Copy)]
enum Colour {
    Bold,
    Dim,
    Red,
    Green,
    Yellow,
    Cyan,
}

impl Timeline {
    /// Time counts from here.
    pub(crate) fn start() -> Self {
        Self { began: Instant::now(), colour: shows_colour(&io::stdout()), route: 0 }
    }

    /// What this is about, and the names that will stand in its lines.
    pub(crate) fn title(&mut self, title: &str, subtitle: &str, client: &str, servers: &[&str]) {
        let routes = servers.iter().map(|server| route(client, server).chars().count());
        self.route = routes.max().unwrap_or(0);
        self.line(&self.paint(Colour::Bold, title));
        self.line(&self.paint(Colour::Dim, subtitle));
        self.line("");
    }

    /// One request and its answer.
    pub(crate) fn request(&self, step: &str, client: &str, server: &str, trip: Trip, note: &str) {
        let colour = if trip.status < 300 { Colour::Green } else { Colour::Red };
        let (route, width) = (route(client, server), self.route);
        let status = self.paint(colour, trip.status);
        let took = milliseconds(trip.took);
        let bytes = thousands(trip.bytes);
        let note = if note.is_empty() { String::new() } else { self.paint(Colour::Dim, note) };
        self.line(&format!(
            "{}{route:width$} {status} {took:>7} ms {bytes:>6} bytes  {note}",
            self.head(step)
        ));
    }

    /// Something that is no request.
    pub(crate) fn event(&self, step: &str, text: &str) {
        self.line(&format!("{}{text}", self.head(step)));
    }

    /// A step that this server can't offer.
    pub(crate) fn skipped(&self, text: &str) {
        let head = format!("{:>8}  {:10}", "", "skipped");
        self.line(&self.paint(Colour::Yellow, format!("{head}{text}")));
    }

    /// More about the line before.
    pub(crate) fn detail(&self, name: &str, text: &str) {
        let name = self.paint(Colour::Dim, format!("{name:NAME$}"));
        self.line(&format!("{:INDENT$}{name}{text}", ""));
    }

    /// A list under a detail's name: as many of its first entries as the line has room for, and how many more there are.
    pub(crate) fn names<N: Display>(&self, name: &str, title: &str, first: &[N], count: usize) {
        let more =
            |left: usize| if left == 0 { String::new() } else { format!(", and {} more", thousands(left)) };
        let room = WIDTH.saturating_sub(INDENT + NAME + title.chars().count() + ": ".len());
        let mut shown = first.len();
        let list = loop {
            let names: Vec<String> = first.iter().take(shown).map(ToString::to_string).collect();
            let list = names.join(", ") + &more(count.saturating_sub(shown));
            if shown <= 1 || list.chars().count() <= room {
                break list;
            }
            shown -= 1;
        };
        self.detail(name, &format!("{title}: {list}"));
    }

    /// A thing that the reader should know.
    pub(crate) fn warn(&self, text: &str) {
        self.line(&self.paint(Colour::Yellow, format!("{:>8}  {text}", "")));
    }

    /// The whole token, because it was asked for.
    pub(crate) fn whole_token(&self, token: &str) {
        self.line(&format!("Access Token: {token}"));
    }

    /// The last line.
    pub(crate) fn end(&self, text: &str) {
        self.line(&format!("\n{}", self.paint(Colour::Dim, text)));
    }

    fn head(&self, step: &str) -> String {
        let time = self.paint(Colour::Dim, format!("{:>6.2} s", self.began.elapsed().as_secs_f64()));
        format!("{time}  {}", self.paint(Colour::Cyan, format!("{step:10}")))
    }

    fn paint(&self, colour: Colour, text: impl Display) -> String {
        paint(self.colour, colour, text)
    }

    #[expect(clippy::unused_self, reason = "lines are printed by a timeline that was started")]
    fn line(&self, line: &str) {
        say(&format!("{}\n", line.trim_end()));
    }
}

/// Prints to stdout. A reader that went away, as `head` does, is no trouble of ours.
pub(crate) fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints the one line on stderr.
pub(crate) fn complain(trouble: &impl Display) {
    let mut out = io::stderr().lock();
    let mark = paint(shows_colour(&out), Colour::Red, "error:");
    let _ = writeln!(out, "{mark} {trouble}");
}

/// `1,234`.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Seconds, to a tenth where there are few.
pub(crate) struct Seconds(pub(crate) Duration);

impl Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs_f64();
        if seconds < 9.95 { write!(f, "{seconds:.1} s") } else { write!(f, "{seconds:.0} s") }
    }
}

/// To a tenth where there are few.
fn milliseconds(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 99.95 { format!("{ms:.1}") } else { format!("{ms:.0}") }
}

fn route(client: &str, server: &str) -> String {
    let client = shortened(client, 15);
    let rest = ROUTE - " → ".chars().count() - client.chars().count();
    format!("{client} → {}", shortened(server, rest))
}

/// At most so many characters.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.into();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// <https://no-color.org>. Windows' old console doesn't know the codes.
fn shows_colour(out: &impl IsTerminal) -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let understood =
        if cfg!(windows) { set("WT_SESSION") } else { env::var_os("TERM").is_some_and(|t| t != "dumb") };
    out.is_terminal() && !set("NO_COLOR") && understood
}

fn paint(wanted: bool, colour: Colour, text: impl Display) -> String {
    let code = match colour {
        Colour::Bold => 1,
        Colour::Dim => 2,
        Colour::Red => 31,
        Colour::Green => 32,
        Colour::Yellow => 33,
        Colour::Cyan => 36,
    };
    if wanted { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
}
