//! Flash, panics, stack and what is left in memory, on a Cortex-M4: images of `figures/firmware`, the last two run in
//! QEMU. The image's UART is a socket, and the server at its other end is here.

use super::{Found, build, elf, reply};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(super) const TARGET: &str = "thumbv7em-none-eabihf";
const PATIENCE: Duration = Duration::from_secs(120);

pub(super) fn measure(root: &Path) -> crate::Result<Found> {
    let images = build::release(root, "firmware", &["probes"], Some(TARGET))?;
    let image = |name: &str| elf::read(&images.join(name));
    let empty = image("empty")?;
    if !empty.panics.is_empty() || image("panics")?.panics.is_empty() {
        return Err(
            "the count of panics is blind: the empty image must have none, the image `panics` some".into()
        );
    }
    let (blocking, asynchronous) = (image("token")?, image("token_async")?);
    for panic in &blocking.panics {
        println!("can panic: {panic}");
    }

    let left = inspect(root, &images.join("inspect"))?;
    let left_async = inspect(root, &images.join("inspect_async"))?;
    let both = |name: &str| Ok::<_, String>(left.value(name)? + left_async.value(name)?);
    for planted in ["planted_in_memory", "planted_in_stack", "planted_in_scratch"] {
        if left.value(planted)? == 0.0 || left_async.value(planted)? == 0.0 {
            return Err(format!("the search for secrets is blind: {planted} was not found"));
        }
    }

    Ok(Found::from([
        ("flash-blocking", float(blocking.flash - empty.flash)),
        ("flash-blocking-library", float(blocking.of_rust - empty.of_rust)),
        ("flash-async", float(asynchronous.flash - empty.flash)),
        ("panics-blocking", float(blocking.panics.len() as u64)),
        ("panics-async", float(asynchronous.panics.len() as u64)),
        ("stack-blocking", left.value("stack")?),
        ("stack-async", left_async.value("stack")?),
        (
            "secrets-left-after-token",
            both("windows_in_stack")? + both("windows_in_scratch")? + both("windows_in_state")?,
        ),
        ("secrets-left-after-forget", both("windows_in_memory_after_forget")?),
    ]))
}

/// An image's lines `name value`.
pub(super) struct Told(String);

impl Told {
    pub(super) fn value(&self, name: &str) -> crate::Result<f64> {
        let value = self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        value.ok_or_else(|| format!("the image did not tell {name}; it said:\n{}", self.0))
    }
}

/// Runs an image that wants one token, and makes sure that it got the whole of it.
pub(super) fn inspect(root: &Path, image: &Path) -> crate::Result<Told> {
    let told = run(image, &reply::whole(root)?)?;
    let (kept, sent) = (told.value("token")?, float(reply::token_len(root)?));
    if kept < sent {
        Err(format!("{}: kept are {kept} bytes of a token of {sent}", image.display()))
    } else {
        Ok(told)
    }
}

/// Starts QEMU, answers the one request that comes, and waits for the end.
fn run(image: &Path, reply: &[u8]) -> crate::Result<Told> {
    let socket = std::env::temp_dir().join(format!("keyfob-figures-{}", std::process::id()));
    let _ = std::fs::remove_file(&socket);
    let mut command = Command::new("qemu-system-arm");
    command
        .args(["-machine", "mps2-an386", "-nographic", "-monitor", "none"])
        .args(["-semihosting-config", "enable=on,target=native", "-serial", "chardev:uart", "-chardev"])
        .arg(format!("socket,id=uart,server=on,wait=on,path={}", socket.display()))
        .arg("-kernel")
        .arg(image)
        .stdin(Stdio::null())
        .stderr(Stdio::piped()); // where semihosting prints
    let mut qemu = command.spawn().map_err(|error| build::missing(&command, &error))?;
    let deadline = Instant::now() + PATIENCE;
    let ended = serve(&socket, reply, &mut qemu, deadline).and_then(|line| {
        let told = wait(&mut qemu, deadline);
        drop(line); // open until the image has ended
        told
    });
    if ended.is_err() {
        let _ = qemu.kill();
        let _ = qemu.wait();
    }
    let _ = std::fs::remove_file(&socket);
    ended.map_err(|error| format!("{}: {error}", image.display()))
}

/// The server at the other end of the UART: one request in, one reply out.
fn serve(socket: &Path, reply: &[u8], qemu: &mut Child, deadline: Instant) -> crate::Result<UnixStream> {
    let mut line = loop {
        match UnixStream::connect(socket) {
            Ok(line) => break line,
            Err(error) if Instant::now() > deadline => return Err(format!("QEMU opens no socket: {error}")),
            Err(_) => pause(qemu)?,
        }
    };
    let said = |error: std::io::Error| format!("the image sent no whole request: {error}");
    line.set_read_timeout(Some(PATIENCE)).map_err(said)?;
    let mut request = Vec::new();
    while !reply::is_whole(&request) {
        let mut byte = [0];
        line.read_exact(&mut byte).map_err(said)?;
        request.push(byte[0]);
    }
    let form = String::from_utf8_lossy(&request);
    if !form.contains("grant_type=client_credentials") || !form.contains("client_secret=") {
        return Err(format!("the image asked for something else: {form}"));
    }
    line.write_all(reply).map_err(|error| error.to_string())?;
    Ok(line)
}

fn wait(qemu: &mut Child, deadline: Instant) -> crate::Result<Told> {
    while qemu.try_wait().map_err(|error| error.to_string())?.is_none() {
        if Instant::now() > deadline {
            return Err("the image does not end".into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut text = String::new();
    qemu.stderr.take().ok_or("no output")?.read_to_string(&mut text).map_err(|error| error.to_string())?;
    let status = qemu.wait().map_err(|error| error.to_string())?;
    if status.success() {
        Ok(Told(text))
    } else {
        Err(format!("{status}; a panic ends with 1. It said:\n{text}"))
    }
}

fn pause(qemu: &mut Child) -> crate::Result {
    match qemu.try_wait() {
        Ok(None) => {
            std::thread::sleep(Duration::from_millis(20));
            Ok(())
        }
        ended => Err(format!("QEMU ended before it began: {ended:?}")),
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes of small images")]
fn float(value: u64) -> f64 {
    value as f64
}
