//! The running server: where it listens, how it is started, found again and stopped.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::{at, certificates, distribution, folder, realm};
use crate::Result;

/// A stop takes about a second; one that hangs is ended by force.
const GRACE: Duration = Duration::from_secs(30);
const LOG_TAIL: usize = 30;

/// Where the server listens, on 127.0.0.1 only.
#[derive(Clone, Copy)]
pub(super) struct Ports {
    pub(super) https: u16,
    pub(super) http: u16,
}

impl Ports {
    /// As the environment says, else the usual ones.
    ///
    /// # Errors
    /// No port number, or somebody listens there.
    pub(super) fn from_environment() -> Result<Self> {
        Ok(Self {
            https: free_port("KEYFOB_KEYCLOAK_HTTPS_PORT", 8543)?,
            http: free_port("KEYFOB_KEYCLOAK_HTTP_PORT", 8180)?,
        })
    }

    /// The origin for TLS. The name, not the address: the certificate has both, and people write the name.
    pub(super) fn url(self) -> String {
        format!("https://localhost:{}", self.https)
    }

    /// The origin without TLS.
    pub(super) fn insecure_url(self) -> String {
        format!("http://localhost:{}", self.http)
    }

    /// The realm's token endpoint.
    pub(super) fn token_url(self) -> String {
        format!("{}/realms/{}/protocol/openid-connect/token", self.url(), realm::NAME)
    }
}

/// Asking for the port tells at once what Keycloak would say after ten seconds. Port 0 becomes a free one.
fn free_port(variable: &str, usual: u16) -> Result<u16> {
    let port = match std::env::var(variable) {
        Ok(text) => text.parse().map_err(|_| format!("{variable}={text} is not a port number"))?,
        Err(_) => usual,
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let address = listener.and_then(|listener| listener.local_addr());
    let address = address.map_err(|error| format!("port {port}: {error}. Choose another with {variable}"))?;
    Ok(address.port())
}

/// A server that was started, perhaps by an earlier run: what the file `running` keeps.
pub(super) struct Running {
    /// The launcher's process; it leads a process group of its own, with Java in it.
    pub(super) pid: i32,
    pub(super) ports: Ports,
}

impl Running {
    /// The server that runs now.
    pub(super) fn find() -> Option<Self> {
        let text = fs::read_to_string(record_file()).ok()?;
        let mut numbers = text.split_whitespace();
        let pid = numbers.next()?.parse().ok()?;
        let https = numbers.next()?.parse().ok()?;
        let http = numbers.next()?.parse().ok()?;
        let running = Self { pid, ports: Ports { https, http } };
        running.is_alive().then_some(running)
    }

    fn record(&self) -> Result {
        let text = format!("{} {} {}\n", self.pid, self.ports.https, self.ports.http);
        fs::write(record_file(), text).map_err(at(&record_file()))
    }

    /// Whether the process is still ours. A number alone does not say so: after a reboot it may be anybody's.
    pub(super) fn is_alive(&self) -> bool {
        command_line(self.pid).contains(&*distribution::home().to_string_lossy())
    }

    /// Ends the server and waits until it is gone.
    ///
    /// # Errors
    /// It may not be signalled, or not even force ended it.
    pub(super) fn stop(&self) -> Result {
        for signal in [Signal::TERM, Signal::KILL] {
            let group = Pid::from_raw(self.pid).ok_or("the record of the running server is damaged")?;
            let sent = kill_process_group(group, signal);
            let asked = Instant::now();
            while self.is_alive() && asked.elapsed() < GRACE {
                sent.map_err(|error| format!("process {} cannot be stopped: {error}", self.pid))?;
                sleep(Duration::from_millis(50));
            }
            if !self.is_alive() {
                return fs::remove_file(record_file()).map_err(at(&record_file()));
            }
        }
        Err(format!("process {} does not end", self.pid))
    }
}

/// Starts the server in a process group of its own: neither the end of this program nor a Ctrl-C meant for it ends
/// the server.
pub(super) fn start(home: &Path, ports: Ports) -> Result<Running> {
    let log = File::create(log_file()).map_err(at(&log_file()))?;
    let errors = log.try_clone().map_err(at(&log_file()))?;
    let mut server = distribution::kc(home);
    server
        // Production's start, told to be alone (`local`; else it looks for others on every network) and to call
        // itself what it was called (`strict`), so that the name, the address and plain HTTP all work.
        .args(["start", "--optimized", "--import-realm", "--cache=local", "--hostname-strict=false"])
        .args(["--http-host=127.0.0.1", "--http-enabled=true"])
        .arg(format!("--http-port={}", ports.http))
        .arg(format!("--https-port={}", ports.https))
        .arg(format!("--https-certificate-file={}", certificates::chain_file().display()))
        .arg(format!("--https-certificate-key-file={}", certificates::key_file().display()))
        .current_dir(home)
        .process_group(0)
        .stdout(log)
        .stderr(errors);
    let mut child = server.spawn().map_err(|error| format!("Keycloak could not be started: {error}"))?;
    let pid = i32::try_from(child.id()).map_err(|error| error.to_string())?;
    let running = Running { pid, ports };
    running.record()?;
    // The kernel shows a command line only some moments after the program has begun.
    while !running.is_alive() && matches!(child.try_wait(), Ok(None)) {
        sleep(Duration::from_millis(1));
    }
    Ok(running)
}

/// What the server says.
pub(super) fn log_file() -> PathBuf {
    folder().join("keycloak.log")
}

/// The last lines of it.
pub(super) fn log_tail() -> String {
    let log = fs::read_to_string(log_file()).unwrap_or_else(|error| error.to_string());
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(LOG_TAIL)..].join("\n")
}

fn record_file() -> PathBuf {
    folder().join("running")
}

/// How a process was called; empty if there is none, or if it has ended and nobody has asked for its exit status yet.
fn command_line(pid: i32) -> String {
    if Path::new("/proc/self/cmdline").exists() {
        let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    let output = Command::new("ps").args(["-o", "command=", "-p", &pid.to_string()]).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}
