//! Rows that are appended one by one.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::time::Instant;

use npymap::NpyAppender;

use crate::Bench;
use crate::measure::{Contender, Row, Sample, Unit};

const MORE: usize = 1000;

/// To a file of 100 MB without waiting for the disk, against a `pwrite` of each row and one of a count.
pub fn add(bench: &mut Bench) {
    const NAME: &str = "append rows of 1 KB";
    if !bench.wants(NAME) {
        return;
    }
    let rows = 100_000 / bench.effort.divisor;
    let (ours_path, limit_path) = (bench.folder.file("append.npy"), bench.folder.file("append.bin"));
    for path in [&ours_path, &limit_path] {
        npymap::save(path, &vec![[1.5f32; 256]; rows]).expect("the folder can be written");
    }
    let row = [2.5f32; 256];
    let len = 128 + rows as u64 * 1024;
    let header = fs::read(&ours_path).expect("it was saved")[..128].to_vec();
    // Both are cut again to what they were, so that each round finds the same.
    let ours = |_| {
        let mut appender = NpyAppender::open(&ours_path).expect("it can be appended to");
        let start = Instant::now();
        for _ in 0..MORE {
            appender.push(&row).expect("there is room");
        }
        let seconds = start.elapsed().as_secs_f64();
        appender.finish().expect("there is room");
        let file = OpenOptions::new().write(true).open(&ours_path).expect("it is there");
        let checksum = file.metadata().expect("it is open").len();
        file.set_len(len).and_then(|()| file.write_all_at(&header, 0)).expect("it can be cut");
        Sample { seconds, checksum }
    };
    let bytes: Vec<u8> = row.iter().flat_map(|number| number.to_ne_bytes()).collect();
    let limit = |_| {
        let file = OpenOptions::new().write(true).open(&limit_path).expect("it is there");
        let start = Instant::now();
        for number in 0..MORE {
            file.write_all_at(&bytes, len + number as u64 * 1024).expect("there is room");
            file.write_all_at(b"100000", 61).expect("there is room");
        }
        let seconds = start.elapsed().as_secs_f64();
        let checksum = file.metadata().expect("it is open").len();
        file.set_len(len).expect("it can be cut");
        Sample { seconds, checksum }
    };
    let contenders = vec![
        Contender { name: "npymap", run: Box::new(ours), peak: None },
        Contender { name: "limit", run: Box::new(limit), peak: None },
    ];
    let row = Row::measure(NAME, Unit::Microseconds(MORE), 1.3, 0, bench.effort, contenders);
    bench.add(row);
    for path in [&ours_path, &limit_path] {
        fs::remove_file(path).expect("it was made here");
    }
}
