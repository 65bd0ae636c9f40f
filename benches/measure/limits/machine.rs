//! What the machine does with bytes, whatever they mean, and the read that comes closest to it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Mutex;

use npymap::NpyFile;

use crate::Bench;
use crate::measure::{Contender, Row, Unit, checksum};
use crate::reads::{DATA, bare};

pub fn add(bench: &mut Bench) {
    let bytes = (512 << 20) / bench.effort.divisor;
    let path = bench.folder.file("machine.npy");
    // One column of the table, which others are held against.
    let limits: [(&str, usize, &dyn Fn() -> Contender<'static>); 4] = [
        ("machine: pread into memory used before", 0, &|| {
            let (path, mut memory) = (path.clone(), vec![0; bytes]);
            Contender::new("limit", move || pread(&path, &mut memory), |()| 0)
        }),
        ("machine: pread into fresh pages of 2 MB", bytes, &|| {
            let path = path.clone();
            Contender::new("limit", move || bare(&path, DATA, bytes), |_| 0)
        }),
        ("machine: pread into fresh pages of 4 KB", bytes, &|| {
            let path = path.clone();
            Contender::new("limit", move || small_pages(&path, bytes), |_| 0)
        }),
        ("machine: memcpy into memory used before", 0, &|| {
            let (from, mut to) = (vec![1u8; bytes], vec![0u8; bytes]);
            Contender::new("limit", move || to.copy_from_slice(&from), |()| 0)
        }),
    ];
    const INTO: &str = "read <f4 into the caller's memory";
    let wanted: Vec<_> = limits.into_iter().filter(|(name, ..)| bench.wants(name)).collect();
    if wanted.is_empty() && !bench.wants(INTO) {
        return;
    }
    let elements: Vec<f32> = (0..bytes / 4).map(|number| (number % 1021) as f32).collect();
    npymap::save(&path, &elements).expect("the folder can be written");
    for (name, fresh, contender) in wanted {
        let row = Row::measure(name, Unit::Bytes(bytes), None, fresh, bench.effort, vec![contender()]);
        bench.add(row);
    }
    if bench.wants(INTO) {
        into(bench, INTO, &path, elements);
    }
}

/// Reads into the same memory, so that none has to be found.
fn into(bench: &mut Bench, name: &str, path: &Path, elements: Vec<f32>) {
    let bytes = elements.len() * 4;
    let memory = Mutex::new(elements);
    let memory = || memory.lock().expect("nobody has panicked");
    // It forgets them, so that whoever reads nothing is found out.
    let sum = |(): &()| {
        let mut elements = memory();
        let sum = checksum(elements.len(), |index| elements[index].to_bits().into());
        elements.fill(0.0);
        sum
    };
    let read =
        || NpyFile::open(path).and_then(|file| file.read_into(&mut memory())).expect("the file is there");
    let limit = || {
        let mut elements = memory();
        // SAFETY: the bytes of numbers, any of which are a number.
        pread(path, unsafe { std::slice::from_raw_parts_mut(elements.as_mut_ptr().cast(), bytes) });
    };
    let contenders = vec![
        Contender::new("npymap", read, sum),
        Contender::on_one_core(0, read, sum),
        Contender::new("limit", limit, sum),
    ];
    let row = Row::measure(name, Unit::Bytes(bytes), 1.05, 0, bench.effort, contenders);
    bench.add(row);
}

fn pread(path: &Path, memory: &mut [u8]) {
    let mut file = File::open(path).expect("the file is there");
    file.seek(SeekFrom::Start(DATA as u64)).expect("it is a file");
    file.read_exact(memory).expect("it has the data");
}

fn small_pages(path: &Path, bytes: usize) -> memmap2::MmapMut {
    let mut memory = memmap2::MmapMut::map_anon(bytes).expect("there is memory");
    #[cfg(target_os = "linux")]
    let _ = memory.advise(memmap2::Advice::NoHugePage);
    pread(path, &mut memory);
    memory
}
