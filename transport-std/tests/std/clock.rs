//! The clock.

use keyfob::Clock;
use keyfob_std::StdClock;
use std::time::{Duration, Instant};

#[test]
fn it_counts_milliseconds() {
    let (mut clock, start) = (StdClock::new(), Instant::now());
    let before = clock.moment().now();
    std::thread::sleep(Duration::from_millis(50));
    let passed = clock.moment().now().as_millis() - before.as_millis();
    let at_most = u64::try_from(start.elapsed().as_millis()).unwrap() + 1;
    assert!((49..=at_most).contains(&passed), "{passed} ms");
}

#[test]
#[cfg(target_os = "linux")]
fn it_counts_from_when_the_machine_was_started() {
    let uptime = std::fs::read_to_string("/proc/uptime").unwrap(); // seconds, sleep counted
    let seconds: f64 = uptime.split(' ').next().unwrap().parse().unwrap();
    let ms = Duration::from_millis(StdClock::new().moment().now().as_millis());
    assert!((ms.as_secs_f64() - seconds).abs() < 5.0, "{ms:?} is not {seconds} s");
}
