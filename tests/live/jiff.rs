//! Times of every unit as those of the jiff crate, against what NumPy prints.

use npymap::{DateTime64, NpyFile, TimeDelta64, TimeUnit};

use crate::exchange::Exchange;

/// The line of a datetime, and the datetime that comes back.
fn datetime(time: DateTime64, unit: TimeUnit) -> (String, DateTime64) {
    let found = match time.to_datetime(unit) {
        Ok(Some(found)) => found,
        Ok(None) => return ("NaT".to_string(), DateTime64::NAT),
        Err(_) => return ("-".to_string(), DateTime64::NAT),
    };
    let timestamp = time.to_timestamp(unit).map(|timestamp| timestamp.expect("it is no NaT"));
    // The least counts of what is finer than a nanosecond are beyond 64 bits when they have been rounded down.
    let again = DateTime64::from_datetime(found, unit).unwrap_or(DateTime64::NAT);
    if let Ok(timestamp) = timestamp {
        assert_eq!(DateTime64::from_timestamp(timestamp, unit).unwrap_or(DateTime64::NAT), again);
    }
    let since = timestamp.map_or("-".to_string(), |timestamp| timestamp.as_nanosecond().to_string());
    let line = format!(
        "{} {} {} {} {} {} {} {since}",
        found.year(),
        found.month(),
        found.day(),
        found.hour(),
        found.minute(),
        found.second(),
        found.subsec_nanosecond(),
    );
    (line, again)
}

/// The line of a timedelta, and the timedelta that comes back.
fn timedelta(delta: TimeDelta64, unit: TimeUnit) -> (String, TimeDelta64) {
    match delta.to_duration(unit) {
        Ok(Some(found)) => {
            let again = TimeDelta64::from_duration(found, unit).unwrap_or(TimeDelta64::NAT);
            (found.as_nanos().to_string(), again)
        }
        Ok(None) => ("NaT".to_string(), TimeDelta64::NAT),
        Err(_) => ("-".to_string(), TimeDelta64::NAT),
    }
}

#[test]
#[ignore = "needs Python with NumPy"]
fn times_are_those_that_numpy_prints() {
    let exchange = Exchange::begin("jiff.py", "live-jiff");
    let mut count = 0;
    for path in exchange.arrays() {
        let file = NpyFile::open(&path).unwrap();
        let dtype = &file.header().dtype;
        let unit = dtype.time_unit().unwrap();
        let ours = path.with_extension("ours");
        let lines: Vec<String> = if let Ok(times) = file.read_vec::<DateTime64>() {
            let (lines, again): (_, Vec<_>) = times.into_iter().map(|time| datetime(time, unit)).unzip();
            npymap::save_as(ours, &again, dtype).unwrap();
            lines
        } else {
            let deltas = file.read_vec::<TimeDelta64>().unwrap();
            let (lines, again): (_, Vec<_>) = deltas.into_iter().map(|delta| timedelta(delta, unit)).unzip();
            npymap::save_as(ours, &again, dtype).unwrap();
            lines
        };
        assert!(lines.iter().any(|line| line == "NaT"));
        std::fs::write(path.with_extension("txt"), lines.join("\n")).unwrap();
        count += 1;
    }
    assert_eq!(count, 40);
    assert_eq!(exchange.check(), "40 files agree");
}
