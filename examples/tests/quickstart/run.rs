//! One run of an example, and what it said.

use keyfob_world::{World, WorldOptions};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A run to be: variables and arguments.
pub(crate) struct Run {
    command: Command,
    folder: PathBuf,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The quickstart, with nothing set.
pub(crate) fn quickstart() -> Run {
    Run::of("quickstart")
}

/// A program with the variables of `client` in `world`.
pub(crate) fn program_of(program: &str, world: &World, client: &str) -> Run {
    let secret = world.client_secret(client).unwrap();
    let mut run = Run::of(program)
        .set("TOKEN_URL", world.token_url())
        .set("CLIENT_ID", client)
        .set("CLIENT_SECRET", &secret);
    let ca_file = run.file("ca.pem", world.ca_pem());
    run = run.set("CA_FILE", &ca_file);
    run
}

/// The quickstart with the variables of `client` in `world`.
pub(crate) fn quickstart_of(world: &World, client: &str) -> Run {
    program_of("quickstart", world, client)
}

/// A world over TLS.
pub(crate) fn world() -> World {
    World::start(WorldOptions::default()).unwrap()
}

impl Run {
    pub(crate) fn of(example: &str) -> Self {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        let number = RUNS.fetch_add(1, Ordering::Relaxed);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("quickstart-{number}"));
        // What an earlier test run left, a `.env` say, is no part of this one.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let mut command = Command::new(executable(example));
        command.env_clear().current_dir(&folder).stdin(Stdio::null());
        for name in ["PATH", "SystemRoot"] {
            if let Some(value) = env::var_os(name) {
                command.env(name, value);
            }
        }
        Self { command, folder }
    }

    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn unset(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn argument(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self
    }

    /// Writes a file into the folder that the run happens in, and returns where it is.
    pub(crate) fn file(&self, name: &str, content: &str) -> String {
        let path = self.folder.join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn run(mut self) -> Said {
        let Output { status, stdout, stderr } = self.command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: status.code(), out: text(stdout), err: text(stderr) }
    }

    /// The run goes well. Returns stdout.
    pub(crate) fn succeeds(self) -> String {
        let said = self.run();
        assert_eq!((said.code, &*said.err), (Some(0), ""), "{said:?}");
        said.out
    }

    /// The run fails as it should: with code 1 and one line on stderr, whose text is returned.
    pub(crate) fn fails(self) -> String {
        let said = self.run();
        assert_eq!(said.code, Some(1), "{said:?}");
        let line = said.err.strip_prefix("error: ").and_then(|line| line.strip_suffix('\n'));
        let line = line.unwrap_or_else(|| panic!("{said:?}"));
        assert!(!line.contains('\n') && !line.is_empty(), "{said:?}");
        // Neither a panic nor a value as the debugger shows it.
        for mark in ["panicked", "RUST_BACKTRACE", "Err(", "Some(", " { ", "::"] {
            assert!(!said.err.contains(mark) && !said.out.contains(mark), "{said:?}");
        }
        line.to_owned()
    }
}

/// The steps of a timeline in their order: first word and status, if there is one.
pub(crate) fn steps(out: &str) -> Vec<String> {
    let step = |line: &str| {
        let (time, rest) = line.split_at_checked(10)?;
        let is_timed = time.trim().strip_suffix(" s").is_some_and(|time| time.parse::<f64>().is_ok());
        if !is_timed && !rest.starts_with("skipped") {
            return None;
        }
        let words: Vec<_> = rest.split_whitespace().collect();
        let status = words.windows(3).find(|three| three[2] == "ms").map(|three| three[0]);
        Some([words.first().copied(), status].into_iter().flatten().collect::<Vec<_>>().join(" "))
    };
    out.lines().filter_map(step).collect()
}

/// The only line that begins with `step`.
pub(crate) fn line<'o>(out: &'o str, step: &str) -> &'o str {
    let mut found = out.lines().filter(|line| line.get(10..).is_some_and(|rest| rest.starts_with(step)));
    let line = found.next().unwrap_or_else(|| panic!("no {step}: {out}"));
    assert_eq!(found.next(), None);
    line
}

fn executable(example: &str) -> PathBuf {
    // target/debug/deps/this → target/debug/examples/that
    let this = env::current_exe().unwrap();
    let folder = this.parent().and_then(Path::parent).unwrap().join("examples");
    let path = folder.join(format!("{example}{}", env::consts::EXE_SUFFIX));
    assert!(
        path.exists(),
        "{} is missing: `cargo test -p keyfob-examples` builds it, `--test` alone does not",
        path.display()
    );
    path
}
