//! Runs the kept corpus through the checks, without a fuzzer: what was once wrong stays right. And each seed is named in
//! the corpus's README.

use std::fs;
use std::path::Path;

type Check = fn(&[u8]);

const TARGETS: [(&str, Check); 7] = [
    ("reply", keyfob_fuzz::reply::check),
    ("head", keyfob_fuzz::head::check),
    ("framing", keyfob_fuzz::framing::check),
    ("endpoint", keyfob_fuzz::endpoint::check),
    ("encode", keyfob_fuzz::encode::check),
    ("round_trip", keyfob_fuzz::round_trip::check),
    ("claims", keyfob_fuzz::claims::check),
];

#[test]
fn every_seed_passes_and_is_explained() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let readme = fs::read_to_string(corpus.join("README.md")).unwrap();
    let mut explained = readme.split("\n## ");
    for (target, check) in TARGETS {
        let section = explained
            .find(|section| section.starts_with(&format!("{target}\n")))
            .unwrap_or_else(|| panic!("README.md has no {target}, or not in this order"));
        let mut seeds = 0;
        for entry in fs::read_dir(corpus.join(target)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            println!("{target}/{name}");
            assert!(
                section.contains(&format!("| `{name}` |")),
                "README.md doesn't say what {target}/{name} is"
            );
            check(&fs::read(&path).unwrap());
            seeds += 1;
        }
        assert_eq!(section.matches("\n| `").count(), seeds, "README.md explains a {target} that isn't there");
    }
}
