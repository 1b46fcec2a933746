//! The gates: what each is called, what it keeps true, and the commands that ask. Not how they are run.
//!
//! Quick ones stand first. A line is what could be typed at the project's root; words with `=` in front are variables.

use super::{fresh, tree};

/// One question about the project that has to be answered with yes.
pub(super) struct Gate {
    pub(super) name: &'static str,
    /// What holds if it passes.
    pub(super) why: &'static str,
    pub(super) work: Work,
}

/// How it is asked.
pub(super) enum Work {
    Lines(&'static [&'static str]),
    Code(fn() -> crate::Result),
}
use Work::{Code, Lines};

/// The compiler that the manifests promise.
macro_rules! oldest_cargo {
    ($arguments:literal) => {
        concat!("cargo +", env!("CARGO_PKG_RUST_VERSION"), ".0 ", $arguments)
    };
}

pub(super) const GATES: &[Gate] = &[
    Gate {
        name: "tree",
        why: "small files, nobody's paths, nothing left to do in the docs",
        work: Code(tree::check),
    },
    Gate {
        name: "lock",
        why: "each lock file fits its manifests",
        work: Lines(&[
            "cargo fetch --locked",
            "cargo fetch --locked --manifest-path fuzz/Cargo.toml",
            "cargo fetch --locked --manifest-path figures/firmware/Cargo.toml",
            "cargo fetch --locked --manifest-path figures/host/Cargo.toml",
            "cargo fetch --locked --manifest-path figures/peers/Cargo.toml",
        ]),
    },
    Gate {
        name: "format",
        why: "rustfmt has nothing to change",
        work: Lines(&[
            "cargo fmt --all --check",
            "cargo fmt --all --check --manifest-path fuzz/Cargo.toml",
            "cargo fmt --all --check --manifest-path figures/firmware/Cargo.toml",
            "cargo fmt --all --check --manifest-path figures/host/Cargo.toml",
            "cargo fmt --all --check --manifest-path figures/peers/Cargo.toml",
        ]),
    },
    Gate {
        name: "deny",
        why: "licences, sources and crates are those of deny.toml",
        work: Lines(&[
            "cargo deny --workspace --all-features --locked --log-level error check bans licenses sources",
            "cargo deny --manifest-path fuzz/Cargo.toml --config deny.toml --locked --log-level error check bans licenses sources",
            "cargo deny --manifest-path figures/firmware/Cargo.toml --workspace --config deny.toml --locked --log-level error check bans licenses sources",
            "cargo deny --manifest-path figures/host/Cargo.toml --config deny.toml --locked --log-level error check bans licenses sources",
            "cargo deny --manifest-path figures/peers/Cargo.toml --workspace --config deny.toml --locked --log-level error check bans licenses sources",
        ]),
    },
    Gate {
        name: "test",
        why: "the tests of the workspace, its doc examples too",
        work: Lines(&["cargo test"]),
    },
    Gate {
        name: "doc-examples",
        why: "the core's doc examples need no feature that they don't name",
        work: Lines(&["cargo test --package keyfob --doc"]),
    },
    Gate {
        name: "clippy",
        why: "no warning in any target of any workspace",
        work: Lines(&[
            "cargo clippy --workspace --all-targets --all-features -- -D warnings",
            "cargo clippy --manifest-path fuzz/Cargo.toml --all-targets -- -D warnings",
            "cargo clippy --manifest-path figures/firmware/Cargo.toml --workspace --target thumbv7em-none-eabihf -- -D warnings",
            "cargo clippy --manifest-path figures/host/Cargo.toml --all-targets -- -D warnings",
            "cargo clippy --manifest-path figures/peers/Cargo.toml --workspace --all-targets -- -D warnings",
        ]),
    },
    Gate {
        name: "features",
        why: "each set of features builds without a warning",
        // clippy sees all that `check` sees. Not `--no-dev-deps`: it rewrites the manifests while it runs, and
        // cargo builds a library without the features that only its tests ask for anyway.
        work: Lines(&[
            "cargo hack clippy --package keyfob --feature-powerset -- -D warnings",
            "cargo hack clippy --package keyfob-std --feature-powerset -- -D warnings",
        ]),
    },
    Gate {
        name: "doc",
        why: "the docs build without a warning, with all features and with none",
        work: Lines(&[
            "RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps",
            "RUSTDOCFLAGS=-Dwarnings cargo doc --package keyfob --all-features --no-deps",
            "RUSTDOCFLAGS=-Dwarnings cargo doc --package keyfob --no-deps",
        ]),
    },
    Gate {
        name: "no-std",
        why: "the core builds where there is no standard library",
        work: Lines(&[
            "cargo build --package keyfob --all-features --target thumbv6m-none-eabi --target thumbv7em-none-eabihf --target riscv32imac-unknown-none-elf",
            "cargo build --package keyfob --target thumbv6m-none-eabi --target thumbv7em-none-eabihf --target riscv32imac-unknown-none-elf",
        ]),
    },
    Gate {
        name: "msrv",
        why: "the oldest compiler that is promised builds all that promises it",
        work: Lines(&[oldest_cargo!("check --workspace --all-targets --all-features")]),
    },
    Gate {
        name: "fresh-lock",
        why: "the published crates build with what a user gets today, not with what was locked",
        work: Code(fresh::check),
    },
    Gate {
        name: "miri",
        why: "no undefined behaviour where vectors and user programs lead, in a minute",
        // Those that take Miri long are for `miri-whole`. What a test leaks on purpose is of no interest.
        work: Lines(&[
            "MIRIFLAGS=-Zmiri-disable-isolation cargo +nightly miri test --package keyfob-tests --test vectors -- request:: http::dates of_every_provider of_expires_in single_byte",
            "MIRIFLAGS=-Zmiri-ignore-leaks cargo +nightly miri test --package keyfob-tests --test programs -- --skip twins:: --skip from_a_file",
            // As on a microcontroller, where the registers are narrow and some code is another.
            "MIRIFLAGS=-Zmiri-disable-isolation cargo +nightly miri test --target i686-unknown-linux-gnu --package keyfob-tests --test vectors -- of_every_provider of_expires_in single_byte",
        ]),
    },
    Gate {
        name: "figures",
        why: "bytes, instructions, panics and allocations are within budget and as README says",
        work: Lines(&["cargo xtask figures --check"]),
    },
    Gate {
        name: "fuzz",
        why: "the corpus passes, and nothing is found in a short while",
        work: Lines(&["cargo test --manifest-path fuzz/Cargo.toml", "cargo xtask fuzz --seconds 20"]),
    },
    Gate { name: "keycloak", why: "a real Keycloak agrees", work: Lines(&["cargo xtask keycloak test"]) },
];

/// What takes longer than a submission may wait.
pub(super) const LONG: &[Gate] = &[
    Gate {
        name: "miri-whole",
        why: "as miri, all that it can run",
        work: Lines(&[
            "MIRIFLAGS=-Zmiri-disable-isolation cargo +nightly miri test --package keyfob-tests --test vectors",
            "MIRIFLAGS=-Zmiri-ignore-leaks cargo +nightly miri test --package keyfob-tests --test programs -- --skip twins:: --skip from_a_file",
            "MIRIFLAGS=-Zmiri-ignore-leaks cargo +nightly miri test --package keyfob --lib --package keyfob-tests --lib --test errors --test time --test secrets --test wire",
        ]),
    },
    Gate { name: "peers", why: "measured beside others", work: Lines(&["cargo xtask figures --peers"]) },
    Gate {
        name: "fuzz-long",
        why: "nothing is found in five minutes a target",
        work: Lines(&["cargo xtask fuzz --seconds 300"]),
    },
];
