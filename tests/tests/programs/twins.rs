//! The two drivers are one text: `asynch.rs` without its `await`s is `blocking.rs`, so they cannot drift apart.

/// The code without comments, white space (rustfmt breaks longer lines elsewhere) and the comma it then adds.
fn bare(code: &str) -> String {
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let text: String = lines.flat_map(str::split_whitespace).collect();
    text.replace(",)", ")").replace(",}", "}")
}

fn doc(code: &str) -> Vec<&str> {
    code.lines().map(str::trim).filter(|line| line.starts_with("///")).collect()
}

#[test]
fn asynch_without_await_is_blocking() {
    let blocking = include_str!("../../../core/src/blocking.rs");
    let asynch = include_str!("../../../core/src/asynch.rs")
        .replace("async fn", "fn")
        .replace("_async", "")
        .replace("asynch::", "blocking::")
        .replace("use core::future::Future;\n", "");
    let mut bare_asynch = bare(&asynch).replace(".await", "");
    // `-> impl Future<Output = X>` is `-> X`.
    let future = "implFuture<Output=";
    while let Some(at) = bare_asynch.find(future) {
        let inner_at = at + future.len();
        let mut depth = 1;
        let end = bare_asynch[inner_at..]
            .char_indices()
            .find(|(i, character)| {
                match character {
                    '<' => depth += 1,
                    '>' if !bare_asynch[..inner_at + i].ends_with('-') => depth -= 1,
                    _ => {}
                }
                depth == 0
            })
            .map(|(i, _)| inner_at + i)
            .expect("what < opens, > closes");
        let inner = bare_asynch[inner_at..end].to_owned();
        bare_asynch.replace_range(at..=end, &inner);
    }
    // Braces that rustfmt puts around a body that no longer fits its line.
    let blocking_bare = bare(blocking);
    assert!(!blocking_bare.contains("await") && blocking_bare.len() > 2000);
    let same = bare_asynch
        .bytes()
        .zip(blocking_bare.bytes())
        .take_while(|(asynch, blocking)| asynch == blocking)
        .count();
    assert_eq!(bare_asynch[same..], blocking_bare[same..]);
    // Its examples await as well.
    assert_eq!(doc(&asynch.replace(".await", "")), doc(blocking));
}
