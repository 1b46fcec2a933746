//! A secret that is known only at run time: from the environment or a file, and exchanged.

use keyfob::{Client, ClientAuth, Link, Memory, Moment, Slot, TokenRequest};
use keyfob_tests::modem::Modem;
use keyfob_tests::{ID, TOKEN};

fn clock() -> Moment {
    Moment::at_millis(5)
}

#[test]
fn comes_from_a_file_and_is_exchanged() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::temp_dir().join(format!("keyfob-secret-{}", std::process::id()));
    std::fs::write(&path, "first\n")?;
    let from_file = || -> std::io::Result<ClientAuth<'static>> {
        let secret = std::fs::read_to_string(&path)?;
        Ok(ClientAuth::secret_post("sensor-17", secret.trim()).into_owned()) // `secret` ends here, this does not
    };
    let mut client = Client::new(ID, from_file()?);
    let mut slot = Slot::new(TokenRequest::new(), vec![0; 2048]);
    let mut link = Link::new(Modem::new([(200, TOKEN)]), clock, vec![0; 3072]);
    let first = client.token(&mut link, &mut slot)?.generation();

    std::fs::write(&path, "second\n")?;
    client.set_auth(from_file()?);
    assert_eq!(client.token(&mut link, &mut slot)?.generation(), first, "the slot survived");
    slot.distrust(first);
    assert_ne!(client.token(&mut link, &mut slot)?.generation(), first);

    let orders = &link.transport.orders;
    assert!(orders[0].body.ends_with("client_secret=first"));
    assert!(orders[1].body.ends_with("client_secret=second"));
    std::fs::remove_file(path)?;
    Ok(())
}

#[test]
fn borrowed_and_owned_are_one_type() {
    const FLASH: ClientAuth<'_> = ClientAuth::secret_basic("sensor-17", "s3cret");
    let from_environment = String::from("s3cret");
    let (mut memory, mut scratch) = ([0; 256], [0; 512]);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let mut link = Link::new(Modem::new([(200, TOKEN)]), clock, &mut scratch);
    let mut client = Client::new(ID, FLASH);
    let first = client.token(&mut link, &mut slot).unwrap().generation();
    client.set_auth(FLASH.into_owned());
    client.set_auth(ClientAuth::secret_basic("sensor-17", &from_environment).into_owned());
    drop(from_environment);
    assert_eq!(client.token(&mut link, &mut slot).unwrap().generation(), first);
    assert_eq!(format!("{:?}", FLASH.into_owned()), r#"ClientAuth { client_id: "sensor-17", .. }"#);
}

#[test]
fn memory_comes_from_wherever_there_is_some() {
    let (mut array, mut vector, mut heapless) = ([0; 256], vec![0; 256], heapless::Vec::<u8, 256>::new());
    let places: [Memory<'_>; 4] = [
        Memory::from(&mut array),
        Memory::from(&mut vector[..]),
        Memory::from(&mut heapless),
        Memory::from(vec![0; 256]),
    ];
    for memory in places {
        let (mut client, mut scratch) = (Client::new(ID, keyfob_tests::AUTH), [0; 512]);
        let mut slot = Slot::new(TokenRequest::new(), memory);
        let mut link = Link::new(Modem::new([(200, TOKEN)]), clock, &mut scratch);
        assert!(client.token(&mut link, &mut slot).is_ok());
    }
}
