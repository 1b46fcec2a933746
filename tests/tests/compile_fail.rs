//! Programs that must not compile, each for the reason in its first line. The compiler's words are in the files beside them.

/// Compilers explain themselves differently from version to version: the words were written down with this one.
const WRITTEN_WITH: &str = "rustc 1.95.";

#[test]
fn what_must_not_compile_does_not() {
    let version = std::process::Command::new("rustc").arg("--version").output().unwrap();
    let version = String::from_utf8_lossy(&version.stdout);
    if !version.starts_with(WRITTEN_WITH) {
        eprintln!("skipped: this is {version}, and the words are those of {WRITTEN_WITH}*");
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail_*.rs");
}
