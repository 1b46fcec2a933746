//! Keycloak's own files: fetched by Maven, unpacked, and built once for a quick start. Not the running server.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{at, folder};
use crate::Result;

const VERSION: &str = "26.7.3";
const COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";
/// Debian's name for its Java moves with the release; Keycloak wants 17 or newer.
const INSTALL: &str =
    "apt-get update && apt-get install -y --no-install-recommends default-jre-headless maven";
/// What is fixed at build time. A start without it would build again, each time: 41 s
/// against 15 s for a realm of one client, on two cores.
const BUILD_OPTIONS: [&str; 1] = ["--db=dev-mem"];

/// Keycloak's home folder, fetched and built when that has not been done.
pub(super) fn ready_to_start() -> Result<PathBuf> {
    let home = home();
    // Asked first: both are named in one message, before 176 MB are fetched.
    need(&java())?;
    if !home.exists() {
        need("mvn")?;
        let archive = fetch()?;
        unpack(&archive, &home)?;
    }
    build(&home)?;
    Ok(home)
}

/// Where Keycloak lies, whether it is there or not.
pub(super) fn home() -> PathBuf {
    folder().join(format!("keycloak-{VERSION}"))
}

/// The Java that `kc.sh` will use, by the same rule.
fn java() -> String {
    match std::env::var("JAVA_HOME") {
        Ok(home) if !home.is_empty() => format!("{home}/bin/java"),
        _ => "java".into(),
    }
}

fn need(program: &str) -> Result {
    let asked = Command::new(program).arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    match asked {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(format!(
            "`{program}` is not installed: Keycloak needs Java (17 or newer) to run and Maven to be fetched.\n\
             On Debian and Ubuntu:\n\n    {INSTALL}\n"
        )),
        Err(error) => Err(format!("`{program}` cannot be run: {error}")),
    }
}

fn fetch() -> Result<PathBuf> {
    let folder = folder();
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    eprintln!("Fetching Keycloak {VERSION} by Maven (176 MB) …");
    let mut maven = Command::new("mvn");
    maven
        .args(["--batch-mode", "--quiet", "-Dstyle.color=never", COPY])
        .arg(format!("-Dartifact=org.keycloak:keycloak-quarkus-dist:{VERSION}:tar.gz"))
        .arg(format!("-DoutputDirectory={}", folder.display()))
        .current_dir(&folder);
    succeed(&mut maven, "Maven could not fetch Keycloak")?;
    Ok(folder.join(format!("keycloak-quarkus-dist-{VERSION}.tar.gz")))
}

/// Unpacks beside and renames, so that an interrupted run leaves nothing that looks whole.
fn unpack(archive: &Path, home: &Path) -> Result {
    let part = home.with_extension("part");
    if part.exists() {
        fs::remove_dir_all(&part).map_err(at(&part))?;
    }
    fs::create_dir_all(&part).map_err(at(&part))?;
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(archive).arg("-C").arg(&part).arg("--strip-components=1");
    succeed(&mut tar, "tar could not unpack Keycloak")?;
    fs::rename(&part, home).map_err(at(home))?;
    // Maven keeps its own copy.
    fs::remove_file(archive).map_err(at(archive))
}

fn build(home: &Path) -> Result {
    let mark = home.join("built-for");
    let options = BUILD_OPTIONS.join(" ");
    if fs::read_to_string(&mark).is_ok_and(|built_for| built_for == options) {
        return Ok(());
    }
    eprintln!("Building Keycloak for {options} (once) …");
    let mut build = kc(home);
    build.arg("build").args(BUILD_OPTIONS).stdout(Stdio::null());
    succeed(&mut build, "Keycloak could not be built")?;
    fs::write(&mark, options).map_err(at(&mark))
}

/// Keycloak's launcher, deaf to settings that happen to be in the caller's environment: the server must be the same
/// for everybody.
pub(super) fn kc(home: &Path) -> Command {
    let mut command = Command::new(home.join("bin/kc.sh"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let foreign = text.starts_with("KC_") || text.starts_with("KEYCLOAK_");
        if foreign || ["DEBUG", "JAVA_OPTS", "JAVA_ADD_OPENS", "JAVA_LOCALE"].contains(&&*text) {
            command.env_remove(&name);
        }
    }
    command
        // A short life: the optimizing compiler costs more (24 s of CPU for a start, against 15) than it earns.
        .env("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1")
        .env("JAVA_OPTS_KC_HEAP", "-Xms64m -Xmx384m")
        .stdin(Stdio::null());
    command
}

fn succeed(command: &mut Command, otherwise: &str) -> Result {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{otherwise}: {status}")),
        Err(error) => Err(format!("{otherwise}: {error}")),
    }
}
