//! What belongs to a whole process, its environment and its current directory: each case runs this test binary again as a
//! child, which takes the part of the user's program.

use crate::{AMPLE, get};
use keyfob::Http1;
use keyfob_std::{Connector, Environment};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Runs the test `name` of this binary as the child, in a folder with this `.env`.
fn child(name: &str, dot_env: Option<&[u8]>, variables: &[(&str, &str)]) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("process")
        .join(format!("{:?}", std::thread::current().id()));
    fs::create_dir_all(&folder).unwrap();
    let _ = fs::remove_file(folder.join(".env"));
    if let Some(content) = dot_env {
        fs::write(folder.join(".env"), content).unwrap();
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", name])
        .env_clear()
        .envs(variables.iter().copied())
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let said = text.lines().find_map(|line| line.split_once("SAID "));
    said.unwrap_or_else(|| panic!("{text}")).1.to_owned()
}

#[test]
#[ignore = "the part of a user's program, run by the others"]
fn reads_the_environment() {
    match Environment::read() {
        Ok(None) => println!("SAID nothing"),
        Ok(Some(environment)) => {
            let mut body = [0; 512];
            let request = environment.token_request();
            let len = request.encode(&environment.client_auth(), &mut body).unwrap();
            let body = String::from_utf8_lossy(&body[..len]).into_owned();
            // What the file says must not have become the process's own.
            let own = std::env::var("TOKEN_URL").is_ok();
            println!(
                "SAID {} {own} {}",
                environment.token_url(),
                &body["grant_type=client_credentials&".len()..]
            );
        }
        Err(error) => println!("SAID {error}"),
    }
}

fn read(dot_env: Option<&[u8]>, variables: &[(&str, &str)]) -> String {
    child("process::reads_the_environment", dot_env, variables)
}

const FILE: &[u8] = b"# a comment\n\nTOKEN_URL=https://file.example/\nCLIENT_ID=\"file id\"\nexport CLIENT_SECRET='a$b c'\nOTHER=1\n";

#[test]
fn the_process_and_the_file() {
    assert_eq!(read(None, &[]), "nothing");
    assert_eq!(read(Some(b"OTHER=1\n"), &[]), "nothing");
    assert_eq!(read(Some(FILE), &[]), "https://file.example/ false client_id=file+id&client_secret=a%24b+c");
    // What the process sets beside counts more, ...
    assert_eq!(
        read(Some(FILE), &[("SCOPE", "a")]),
        "https://file.example/ false scope=a&client_id=file+id&client_secret=a%24b+c"
    );
    // ... and where it says in part who gets the secret, the file must not say the rest.
    let half = read(Some(FILE), &[("CLIENT_ID", "real"), ("CLIENT_SECRET", "s3cret")]);
    assert!(half.contains("TOKEN_URL") && !half.contains("file.example"), "{half}");
    // A mark of the byte order, line ends as on Windows, no line end at the end, the first of two counts.
    assert_eq!(
        read(Some(b"\xef\xbb\xbfTOKEN_URL=https://a/\r\nCLIENT_ID=i\r\nCLIENT_ID=j\r\nCLIENT_SECRET=s"), &[]),
        "https://a/ false client_id=i&client_secret=s"
    );
}

#[test]
fn a_file_that_cannot_be_understood() {
    for (content, line) in [
        (&b"TOKEN_URL=https://a/\nCLIENT_ID=i\nCLIENT_SECRET=two words\n"[..], 3),
        (b"# one\n\nCLIENT_SECRET two\n", 3),
        (b"CLIENT_ID='i\nj'\nCLIENT_SECRET='open\n\n\n", 3),
        (b"CLIENT_SECRET='a\nb' c\nCLIENT_ID=i\n", 1),
        (b"CLIENT_ID=i\nCLIENT_SECRET=\xff\n", 2),
    ] {
        assert_eq!(
            read(Some(content), &[]),
            format!(".env cannot be understood at line {line}"),
            "{}",
            String::from_utf8_lossy(content)
        );
    }
}

#[test]
#[ignore = "the part of a user's program, run by the others"]
fn trusts_the_platform() {
    let url = std::env::var("URL").unwrap();
    match get(&mut Http1::new(Connector::new()), &url, AMPLE) {
        Ok(reply) => println!("SAID {}", reply.len() > 10),
        Err(error) => println!("SAID {error}"),
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_platforms_roots() {
    use keyfob_world::{World, WorldOptions};
    let world = World::start(WorldOptions::default()).unwrap();
    let url = format!("{}/protocol/openid-connect/certs", world.issuer());
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("roots");
    fs::create_dir_all(&folder).unwrap();
    let (good, empty) = (folder.join("good.pem"), folder.join("empty.pem"));
    fs::write(&good, world.ca_pem()).unwrap();
    fs::write(&empty, "").unwrap();
    let other = World::start(WorldOptions::default()).unwrap();
    let wrong = folder.join("wrong.pem");
    fs::write(&wrong, other.ca_pem()).unwrap();
    for (file, expected) in [
        (good, "true"),
        (
            wrong,
            "the server's certificate comes from an issuer that is not trusted here: name the right CA file",
        ),
        (
            empty,
            "this computer has no root certificates to trust: install ca-certificates, or name a CA file",
        ),
    ] {
        let variables = [("URL", &*url), ("SSL_CERT_FILE", file.to_str().unwrap())];
        assert_eq!(child("process::trusts_the_platform", None, &variables), expected);
    }
}
