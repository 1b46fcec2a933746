//! The encoders and readers held against independent ones, over generated input. Where the two may differ, it is said why.

mod forms;
mod heads;
mod replies;

/// Seconds, not minutes, in a debug build. A case that failed once is written down as a vector, not as a seed.
fn cases() -> proptest::test_runner::Config {
    proptest::test_runner::Config { cases: 800, failure_persistence: None, ..Default::default() }
}

/// `text` with some of its bytes changed, added, removed or doubled.
fn mutated(text: &[u8], mutations: &[(proptest::sample::Index, u8, u8)]) -> Vec<u8> {
    let mut text = text.to_vec();
    for (index, kind, byte) in mutations {
        if text.is_empty() {
            break;
        }
        let at = index.index(text.len());
        match kind % 5 {
            0 => text[at] = *byte,
            1 => text.insert(at, *byte),
            2 => {
                text.remove(at);
            }
            3 => {
                let again = text[at];
                text.insert(at, again);
            }
            _ => text.truncate(at),
        }
    }
    text
}

/// Up to three changes, with bytes that mean something in the grammar more often than others.
fn mutations(
    meaningful: &'static [u8],
) -> impl proptest::strategy::Strategy<Value = Vec<(proptest::sample::Index, u8, u8)>> {
    use proptest::prelude::*;
    let byte = prop_oneof![3 => proptest::sample::select(meaningful), 1 => any::<u8>()];
    proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), byte), 0..3)
}
