//! A child process that writes and reports, and a parent that kills it.
//!
//! The child is this test program again, asked for the test [`child`] alone. A row of 128 numbers starts at a multiple of
//! 1000 and counts on, so that a torn one shows.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use npymap::{AppendOptions, NpyAppender, NpyWriter, save};

const COLUMNS: usize = 128;
/// Rows that a file has at most before the next child gets a new one.
const ROWS_MOST: usize = 3000;
/// The longest life of a child after it is ready or has reported for the first time: in it some thousand calls return,
/// or a few that wait for the disk.
const LIFE_MOST: Duration = Duration::from_millis(20);

/// How a child writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// Reports every call.
    Append,
    /// Reports every `sync`.
    AppendAtSync,
    /// Reports every `sync`.
    Stream,
    /// Saves arrays of any length over one another, each of which tells how many were before it.
    Save,
}

impl Writing {
    pub const ALL: [Self; 4] = [Self::Append, Self::AppendAtSync, Self::Stream, Self::Save];
}

fn rows(rows: std::ops::Range<usize>) -> Vec<u64> {
    rows.flat_map(|row| (0..COLUMNS).map(move |column| (row * 1000 + column) as u64)).collect()
}

/// Kills children at random instants, and has `read` read each file.
pub fn kill_many(writing: Writing, mut read: impl FnMut(&Path) -> Vec<u64>) {
    let kills = match std::env::var("NPYMAP_KILLS") {
        Ok(text) => text.parse().expect("NPYMAP_KILLS is a number"),
        Err(_) => 25,
    };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = folder.path().join("killed.npy");
    start_anew(writing, &path);
    let (mut known, mut random, mut alive) = (0, seed(), 0);
    for number in 0..kills {
        // However slow the disk is, every other one lives on for a while after a report.
        let reported = kill_one(writing, &path, number % 2 == 1, &mut random);
        let numbers = read(&path);
        assert_eq!(numbers.len() % COLUMNS, 0);
        let first = if writing == Writing::Save { numbers[0] as usize / 1000 } else { 0 };
        assert_eq!(numbers, rows(first..first + numbers.len() / COLUMNS));
        alive += usize::from(reported.is_some());
        // A child goes on where the last left off, but a stream starts its file anew.
        let found = if writing == Writing::Save { first } else { numbers.len() / COLUMNS };
        let least = reported.unwrap_or(if writing == Writing::Stream { 0 } else { known });
        assert!(found >= least, "{writing:?}: {found} were found, {least} were reported");
        known = found;
        if known > ROWS_MOST {
            start_anew(writing, &path);
            known = 0;
        }
        let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        for left in names.filter(|left| *left != path) {
            // What a save was writing when it was killed.
            assert_eq!(left.extension(), Some("tmp".as_ref()));
            std::fs::remove_file(left).unwrap();
        }
    }
    assert!(alive >= kills / 2, "{writing:?}: {alive} of {kills} reported anything before they were killed");
}

fn start_anew(writing: Writing, path: &Path) {
    match writing {
        // From 9 rows on, the count soon has more digits.
        Writing::Append | Writing::AppendAtSync => {
            let mut writer = NpyWriter::create::<u64>(path, &[COLUMNS]).unwrap();
            writer.write(&rows(0..9)).unwrap();
            writer.finish().unwrap();
        }
        Writing::Stream | Writing::Save => save(path, &rows(0..1)).unwrap(),
    }
}

/// Starts a child, kills it once it is ready or has reported, and tells what it reported last.
fn kill_one(writing: Writing, path: &Path, after_report: bool, random: &mut u64) -> Option<usize> {
    // The name of the test within this program, whichever that is.
    let module = module_path!().split_once("::").expect("it is no root").1;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "--include-ignored", &format!("{module}::child")])
        .env("NPYMAP_CHILD", format!("{writing:?}"))
        .env("NPYMAP_CHILD_PATH", path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    let end = if after_report { ".\n" } else { "ready\n" };
    let mut line = String::new();
    while !line.ends_with(end) {
        line.clear();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "the child ended by itself");
    }
    let life = LIFE_MOST.mul_f64((*random % 10_000) as f64 / 10_000.0);
    let start = Instant::now();
    // A sleep would end at the scheduler's instants, which are not as random.
    while start.elapsed() < life {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    let status = child.wait().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9), "the child ended by itself");
    // The last line may be cut off: it has no point at its end.
    let lines = output.lines().map(Result::unwrap).chain([line.trim_end().to_string()]);
    lines.filter_map(|line| line.strip_suffix('.')?.parse().ok()).max()
}

fn seed() -> u64 {
    let nanos = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    nanos | 1
}

fn report(text: &str) {
    // One write, so that a kill cannot come between its parts.
    io::stdout().write_all(format!("{text}\n").as_bytes()).unwrap();
}

/// What the children run; without the variables of a child it does nothing.
#[test]
#[ignore = "the child of other tests"]
fn child() {
    let Some(name) = std::env::var_os("NPYMAP_CHILD") else { return };
    let path = std::env::var_os("NPYMAP_CHILD_PATH").unwrap();
    let writing = Writing::ALL.into_iter().find(|writing| name == format!("{writing:?}").as_str()).unwrap();
    write(writing, path.as_ref()).unwrap();
}

/// Writes until the end comes.
fn write(writing: Writing, path: &Path) -> npymap::Result<()> {
    let reported = |count: usize| report(&format!("{count}."));
    match writing {
        Writing::Append => {
            let mut appender = NpyAppender::open(path)?;
            report("ready");
            for len in (1..8).cycle() {
                let count = appender.header().shape[0];
                appender.write(&rows(count..count + len))?;
                reported(count + len);
                if len == 7 {
                    appender.sync()?;
                }
            }
        }
        Writing::AppendAtSync => {
            let mut appender = AppendOptions::new().header_at_sync(true).open(path)?;
            report("ready");
            for len in (1..8).cycle() {
                let count = appender.header().shape[0];
                appender.write(&rows(count..count + len))?;
                if len % 3 == 0 {
                    appender.sync()?;
                    reported(count + len);
                }
            }
        }
        Writing::Stream => {
            report("ready");
            let mut writer = NpyWriter::create::<u64>(path, &[COLUMNS])?;
            for len in (1..80).step_by(7).cycle() {
                let count = writer.header().shape[0];
                writer.write(&rows(count..count + len))?;
                if len % 2 == 0 {
                    writer.sync()?;
                    reported(count + len);
                }
            }
        }
        Writing::Save => {
            let first = npymap::NpyFile::open(path)?.read_vec::<u64>()?[0] as usize / 1000;
            report("ready");
            for number in first + 1.. {
                save(path, &rows(number..number + 1 + number * 37 % 300))?;
                reported(number);
            }
        }
    }
    Ok(())
}
