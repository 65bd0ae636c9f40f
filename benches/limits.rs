//! How close the doors come to what the machine can do: `cargo bench --all-features`, or with `-- --quick` behind it.
//!
//! Each row runs npymap and the plainest correct code for the same work in turn, so that both see the same machine,
//! and prints the median of each and their ratio. Results are compared outside the timing. The inputs are made here,
//! in the system's folder for temporary files, and removed; they are in the page cache when they are read.
#![allow(unsafe_code, clippy::undocumented_unsafe_blocks, reason = "the limits are bare system calls")]

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use ndarray::Ix1;
use npymap::{DType, Field, Header, NpyMap, Record, Structured};

/// Seconds of two pieces of work, run in turn.
struct Row {
    name: String,
    /// What the seconds are shown in: a unit and how many of it one run makes.
    unit: (&'static str, f64),
    ours: Vec<f64>,
    limit: Option<Vec<f64>>,
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let folder = Folder::new();
    let mut rows = vec![header("header, plain", &Header::new(DType::of::<f32>(), [3, 4]), quick)];
    for fields in [10, 200] {
        rows.push(header(&format!("header of {fields} fields"), &record(fields), quick));
    }
    let (len, rounds) = if quick { (1 << 24, 5) } else { (1 << 28, 11) };
    let large = folder.0.join("large.npy");
    npymap::save(&large, &numbers(len)).expect("the folder can be written");
    rows.push(open(&large, len, if quick { 51 } else { 501 }));
    rows.push(read(&large, len, rounds));
    rows.push(write(&folder.0, len, rounds));
    rows.push(small_files(&folder.0, if quick { 500 } else { 10_000 }, rounds));

    rows.extend(records(&folder.0, if quick { 500_000 } else { 5_000_000 }, rounds));

    #[cfg(unix)]
    rows.push(append(&folder.0, if quick { 11 } else { 51 }));

    println!("| what | npymap | limit | ratio |\n|---|---|---|---|");
    for row in rows {
        row.print();
    }
}

impl Row {
    /// Runs both `rounds` times in turn, after one round that is not counted.
    fn measure<A, B>(
        name: impl Into<String>,
        unit: (&'static str, f64),
        rounds: usize,
        mut ours: impl FnMut() -> A,
        mut limit: impl FnMut() -> B,
        same: impl Fn(&A, &B) -> bool,
    ) -> Self {
        assert!(same(&ours(), &limit()), "the results differ");
        let (mut ours_seconds, mut limit_seconds) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            ours_seconds.push(seconds(&mut ours));
            limit_seconds.push(seconds(&mut limit));
        }
        Self { name: name.into(), unit, ours: ours_seconds, limit: Some(limit_seconds) }
    }

    fn print(self) {
        let (unit, per_run) = self.unit;
        let shown = |seconds: f64| match unit {
            "ns" | "µs" => format!("{} {unit}", Number(seconds * per_run)),
            unit => format!("{} {unit}", Number(per_run / seconds)),
        };
        let ours = median(self.ours);
        let (limit, ratio) = match self.limit.map(median) {
            Some(limit) => (shown(limit), format!("{:.2}", ours / limit)),
            None => (String::new(), String::new()),
        };
        println!("| {} | {} | {limit} | {ratio} |", self.name, shown(ours));
    }
}

/// A number with three significant digits.
struct Number(f64);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let decimals = (2.0 - self.0.abs().log10().floor()).clamp(0.0, 3.0) as usize;
        write!(f, "{:.decimals$}", self.0)
    }
}

fn seconds<R>(work: &mut impl FnMut() -> R) -> f64 {
    let start = Instant::now();
    let result = work();
    let seconds = start.elapsed().as_secs_f64();
    drop(black_box(result));
    seconds
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

fn header(name: &str, header: &Header, quick: bool) -> Row {
    const RUNS: usize = 1000;
    let bytes = header.encode();
    let mut parse = || {
        for _ in 0..RUNS {
            black_box(Header::parse(black_box(&bytes)).expect("it was encoded here"));
        }
    };
    parse();
    let ours = (0..if quick { 11 } else { 101 }).map(|_| seconds(&mut parse)).collect();
    Row { name: name.into(), unit: ("ns", 1e9 / RUNS as f64), ours, limit: None }
}

fn record(fields: usize) -> Header {
    let field = |number: usize| Field::new(format!("field_{number}"), number * 8, DType::of::<f64>());
    let structured = Structured::new((0..fields).map(field).collect(), fields * 8);
    Header::new(structured.expect("the fields lie side by side").into(), [1000])
}

fn numbers(len: usize) -> Vec<f32> {
    (0..len).map(|number| (number % 1021) as f32).collect()
}

/// Open, map, typed view, and a touch in the middle, against the bare system calls and the same touch.
fn open(path: &Path, len: usize, rounds: usize) -> Row {
    let ours = || {
        let map = unsafe { NpyMap::open(path).expect("the file is there") };
        map.view::<f32, Ix1>().expect("it has floats")[len / 2]
    };
    let limit = || {
        let file = File::open(path).expect("the file is there");
        let file_len = file.metadata().expect("it is open").len();
        let map = unsafe {
            memmap2::MmapOptions::new().len(file_len as usize).map(&file).expect("it can be mapped")
        };
        // The header, which a reader must have looked at, and the same element.
        black_box(map[8]);
        let at = 128 + len / 2 * 4;
        f32::from_ne_bytes(map[at..at + 4].try_into().expect("four bytes"))
    };
    Row::measure("open, map, view and touch", ("µs", 1e6), rounds, ours, limit, |ours, limit| ours == limit)
}

/// The whole array, owned, against `read` into fresh memory in large pages.
fn read(path: &Path, len: usize, rounds: usize) -> Row {
    let ours = || npymap::load::<f32, Ix1>(path).expect("the file is there");
    let limit = || {
        let mut file = File::open(path).expect("the file is there");
        let mut bytes = large_pages(len * 4);
        file.read_exact(&mut bytes[..128]).expect("it has a header");
        file.read_exact(&mut bytes).expect("it has the data");
        bytes
    };
    let same = |ours: &ndarray::Array1<f32>, limit: &memmap2::MmapMut| {
        ours.iter().zip(limit.as_chunks::<4>().0).all(|(ours, limit)| ours.to_ne_bytes() == *limit)
    };
    Row::measure("read, owned", ("GB/s", len as f64 * 4e-9), rounds, ours, limit, same)
}

/// What a file of records holds, and how a program would rather have it.
#[derive(Record, Clone, Copy)]
#[repr(C, packed)]
struct Packed {
    value: f64,
    id: i32,
    kind: u8,
    weight: f32,
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Aligned {
    value: f64,
    id: i32,
    kind: u8,
    weight: f32,
}

/// Records into structs of the file's layout and of another one, against `read` into fresh memory in large pages and
/// against the same with the fields moved one by one.
fn records(folder: &Path, len: usize, rounds: usize) -> [Row; 2] {
    let path = folder.join("records.npy");
    let record = |number: usize| Packed {
        value: number as f64,
        id: number as i32,
        kind: number as u8,
        weight: number as f32,
    };
    npymap::save(&path, &(0..len).map(record).collect::<Vec<_>>()).expect("the folder can be written");
    let (size, aligned_size) = (size_of::<Packed>(), size_of::<Aligned>());
    let unit = ("GB/s", (len * size) as f64 * 1e-9);
    let data = || {
        let mut file = File::open(&path).expect("the file is there");
        let header = Header::read_from(&mut file).expect("it has a header");
        assert_eq!(header.nbytes(), Some(len * size));
        file
    };
    let packed = Row::measure(
        "packed records into packed structs",
        unit,
        rounds,
        || npymap::load::<Packed, Ix1>(&path).expect("the file is there"),
        || {
            let mut bytes = large_pages(len * size);
            data().read_exact(&mut bytes).expect("it has the data");
            bytes
        },
        |ours, limit| {
            limit[..size][..8] == { ours[0].value }.to_ne_bytes() && ours.len() * size == limit.len()
        },
    );
    let aligned = Row::measure(
        "packed records into aligned structs",
        unit,
        rounds,
        || npymap::load::<Aligned, Ix1>(&path).expect("the file is there"),
        || {
            let mut file = data();
            let mut elements = large_pages(len * aligned_size);
            let mut piece = vec![0; 256 * 1024 / size * size];
            for elements in elements.chunks_mut(piece.len() / size * aligned_size) {
                let piece = &mut piece[..elements.len() / aligned_size * size];
                file.read_exact(piece).expect("it has the data");
                for (from, to) in piece.chunks_exact(size).zip(elements.chunks_exact_mut(aligned_size)) {
                    to[..13].copy_from_slice(&from[..13]);
                    to[16..20].copy_from_slice(&from[13..]);
                }
            }
            elements
        },
        |ours, limit| {
            ours.iter().zip(limit.chunks_exact(aligned_size)).all(|(ours, limit)| {
                ours.value.to_ne_bytes() == limit[..8] && ours.weight.to_ne_bytes() == limit[16..20]
            })
        },
    );
    [packed, aligned]
}

fn large_pages(len: usize) -> memmap2::MmapMut {
    let memory = memmap2::MmapMut::map_anon(len).expect("there is memory");
    #[cfg(target_os = "linux")]
    memory.advise(memmap2::Advice::HugePage).unwrap_or_else(|error| println!("no large pages here: {error}"));
    memory
}

/// `save`, which writes a new file and renames it, against one `write` to a new file and the same.
fn write(folder: &Path, len: usize, rounds: usize) -> Row {
    let array = numbers(len);
    let bytes: Vec<u8> = array.iter().flat_map(|number| number.to_ne_bytes()).collect();
    let (ours_path, limit_path) = (folder.join("ours.npy"), folder.join("limit.bin"));
    let ours = || {
        npymap::save(&ours_path, &array).expect("the folder can be written");
        fs::metadata(&ours_path).expect("it was saved").len()
    };
    let limit = || {
        let temporary = limit_path.with_extension("tmp");
        let mut file = File::create(&temporary).expect("the folder can be written");
        file.write_all(&bytes).expect("there is room");
        fs::rename(&temporary, &limit_path).expect("it was written");
        bytes.len() as u64
    };
    let same = |ours: &u64, limit: &u64| *ours == limit + 128;
    Row::measure("write", ("GB/s", len as f64 * 4e-9), rounds, ours, limit, same)
}

/// 1,000 rows of 1 KB one by one to a file of 100 MB, against a `pwrite` of each row and one of a count of as many bytes.
#[cfg(unix)]
fn append(folder: &Path, rounds: usize) -> Row {
    use std::os::unix::fs::FileExt;
    const ROWS: usize = 100_000;
    const MORE: usize = 1000;
    let (ours_path, limit_path) = (folder.join("append.npy"), folder.join("append.bin"));
    for path in [&ours_path, &limit_path] {
        npymap::save(path, &vec![[1.5f32; 256]; ROWS]).expect("the folder can be written");
    }
    let row = [2.5f32; 256];
    // Both are cut again to what they were, so that each round finds the same.
    let len = 128 + ROWS as u64 * 1024;
    let header = fs::read(&ours_path).expect("it was saved")[..128].to_vec();
    let ours = || {
        let mut appender = npymap::NpyAppender::open(&ours_path).expect("it can be appended to");
        let start = Instant::now();
        for _ in 0..MORE {
            appender.push(&row).expect("there is room");
        }
        let seconds = start.elapsed().as_secs_f64();
        appender.finish().expect("there is room");
        let file = fs::OpenOptions::new().write(true).open(&ours_path).expect("it is there");
        assert_eq!(file.metadata().expect("it is open").len(), len + MORE as u64 * 1024);
        file.set_len(len).and_then(|()| file.write_all_at(&header, 0)).expect("it can be cut");
        seconds
    };
    let bytes: Vec<u8> = row.iter().flat_map(|number| number.to_ne_bytes()).collect();
    let limit = || {
        let file = fs::OpenOptions::new().write(true).open(&limit_path).expect("it is there");
        let start = Instant::now();
        for number in 0..MORE {
            file.write_all_at(&bytes, len + number as u64 * 1024).expect("there is room");
            file.write_all_at(b"100000", 61).expect("there is room");
        }
        let seconds = start.elapsed().as_secs_f64();
        file.set_len(len).expect("it can be cut");
        seconds
    };
    let (ours, limit) = (0..rounds).map(|_| (ours(), limit())).unzip();
    Row { name: "append rows of 1 KB".into(), unit: ("µs", 1e6 / MORE as f64), ours, limit: Some(limit) }
}

/// Many files of 1 KB into owned arrays, against open, one read and close.
fn small_files(folder: &Path, count: usize, rounds: usize) -> Row {
    let paths: Vec<PathBuf> = (0..count).map(|number| folder.join(format!("small-{number}.npy"))).collect();
    for path in &paths {
        npymap::save(path, &[1.0f64; 112]).expect("the folder can be written");
    }
    let ours =
        || paths.iter().map(|path| npymap::load::<f64, Ix1>(path).expect("it is there").len()).sum::<usize>();
    let limit = || {
        let mut buffer = [0; 2048];
        let mut len = 0;
        for path in &paths {
            let read = File::open(path).and_then(|mut file| file.read(&mut buffer)).expect("it is there");
            len += black_box(buffer[128..read].to_vec()).len() / 8;
        }
        len
    };
    let name = format!("{count} files of 1 KB");
    Row::measure(name, ("files/s", count as f64), rounds, ours, limit, |ours, limit| ours == limit)
}

/// A folder that is removed with the value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("npymap-bench-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("the system has a folder for temporary files");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
