//! What the machine does with bytes, whatever they mean, and the read that comes closest to it.

use std::io::Read;
use std::path::Path;
use std::sync::Mutex;

use npymap::NpyFile;

use crate::Bench;
use crate::measure::{Contender, Row, Unit, checksum};
use crate::reads::{DATA, bare, opened};

pub fn add(bench: &mut Bench) {
    let bytes = (512 << 20) / bench.effort.divisor;
    let path = bench.folder.file("machine.npy");
    // There is nothing to hold them against: they fill the column of limits alone.
    let limits: [(&str, usize, &dyn Fn() -> Contender<'static>); 4] = [
        ("machine: read into memory used before", 0, &|| {
            let (path, mut memory) = (path.clone(), vec![0; bytes]);
            Contender::new("limit", move || read(&path, &mut memory), |()| 0)
        }),
        ("machine: read into fresh pages of 2 MB", bytes, &|| {
            let path = path.clone();
            Contender::new("limit", move || bare(&path, DATA, bytes), |_| 0)
        }),
        ("machine: read into fresh pages of 4 KB", bytes, &|| {
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
    let ours =
        || NpyFile::open(path).and_then(|file| file.read_into(&mut memory())).expect("the file is there");
    let limit = || {
        let mut elements = memory();
        // SAFETY: the bytes of numbers, any of which are a number.
        read(path, unsafe { std::slice::from_raw_parts_mut(elements.as_mut_ptr().cast(), bytes) });
    };
    let contenders = vec![
        Contender::new("npymap", ours, sum),
        Contender::on_one_core(0, ours, sum),
        Contender::new("limit", limit, sum),
    ];
    let row = Row::measure(name, Unit::Bytes(bytes), 1.05, 0, bench.effort, contenders);
    bench.add(row);
}

fn read(path: &Path, memory: &mut [u8]) {
    opened(path, DATA).read_exact(memory).expect("it has the data");
}

fn small_pages(path: &Path, bytes: usize) -> memmap2::MmapMut {
    let mut memory = memmap2::MmapMut::map_anon(bytes).expect("there is memory");
    #[cfg(target_os = "linux")]
    let _ = memory.advise(memmap2::Advice::NoHugePage);
    read(path, &mut memory);
    memory
}
