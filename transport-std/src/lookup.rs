//! A host's name made addresses, within a time limit that no system call for it has: each look-up runs on a thread of its
//! own. One that hangs is left behind, and whoever asks for the same name meanwhile waits for it instead of starting
//! another: threads don't pile up, however often a caller tries again.

use crate::deadline::Deadline;
use crate::error::{Error, Phase};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What gives a host and port their addresses.
type Resolve = dyn Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync;

/// The system's, shared by the whole process: connectors come and go, a hanging name service stays.
static SYSTEM: LazyLock<Arc<LookUps>> =
    LazyLock::new(|| LookUps::new(|host, port| Ok((host, port).to_socket_addrs()?.collect())));

pub(crate) struct LookUps {
    resolve: Box<Resolve>,
    underway: Mutex<Vec<Arc<LookUp>>>,
}

struct LookUp {
    host: Box<str>,
    port: u16,
    answer: Mutex<Option<Result<Vec<SocketAddr>, Error>>>,
    came: Condvar,
}

impl LookUps {
    pub(crate) fn system() -> Arc<Self> {
        SYSTEM.clone()
    }

    pub(crate) fn new(
        resolve: impl Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { resolve: Box::new(resolve), underway: Mutex::default() })
    }

    /// The addresses of a host: at least one.
    pub(crate) fn addresses(
        self: &Arc<Self>,
        host: &str,
        port: u16,
        deadline: Deadline,
    ) -> Result<Vec<SocketAddr>, Error> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![(address, port).into()]);
        }
        if host.eq_ignore_ascii_case("localhost") {
            // RFC 6761 §6.3: it is always this computer, and no one needs to be asked.
            let loopback: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
            return Ok(loopback.map(|address| (address, port).into()).to_vec());
        }
        self.underway(host, port).map_err(|error| Error::from_io(&error, Phase::LookUp))?.wait(deadline)
    }

    /// The look-up of that name that is under way, or a new one.
    fn underway(self: &Arc<Self>, host: &str, port: u16) -> io::Result<Arc<LookUp>> {
        let mut underway = lock(&self.underway);
        let same = |other: &&Arc<LookUp>| other.port == port && other.host.eq_ignore_ascii_case(host);
        if let Some(look_up) = underway.iter().find(same) {
            return Ok(look_up.clone());
        }
        let look_up =
            Arc::new(LookUp { host: host.into(), port, answer: Mutex::default(), came: Condvar::new() });
        underway.push(look_up.clone());
        drop(underway); // a thread that cannot be had drops `running` here, which takes this lock
        let running = Running { look_up: look_up.clone(), all: self.clone() };
        thread::Builder::new().name("keyfob look-up".into()).spawn(move || running.run())?;
        Ok(look_up)
    }
}

impl LookUp {
    fn wait(&self, deadline: Deadline) -> Result<Vec<SocketAddr>, Error> {
        let mut answer = lock(&self.answer);
        loop {
            if let Some(answer) = &*answer {
                return answer.clone();
            }
            let left = deadline.left().map_err(|_| Error::TimedOut(Phase::LookUp))?;
            (answer, _) = self.came.wait_timeout(answer, left).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A look-up on its thread. Should the resolver panic, those who wait learn that too.
struct Running {
    look_up: Arc<LookUp>,
    all: Arc<LookUps>,
}

impl Running {
    fn run(self) {
        let answer = match (self.all.resolve)(&self.look_up.host, self.look_up.port) {
            Ok(addresses) if !addresses.is_empty() => Ok(addresses),
            _ => Err(Error::NameNotFound),
        };
        *lock(&self.look_up.answer) = Some(answer);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        lock(&self.all.underway).retain(|other| !Arc::ptr_eq(other, &self.look_up));
        lock(&self.look_up.answer).get_or_insert(Err(Error::NameNotFound));
        self.look_up.came.notify_all();
    }
}

/// What the locks guard is whole at any time, so a panic elsewhere spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
