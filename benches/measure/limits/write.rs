//! Large arrays into new files.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use ndarray::Array1;

use crate::Bench;
use crate::measure::{Contender, Row, Unit};
use crate::system::Folder;

pub fn add(bench: &mut Bench) {
    let folder = bench.folder.file("");
    row(bench, "write <f4 to the folder for temporary files", &folder);
    if let Ok(memory) = Folder::new(Path::new("/dev/shm")) {
        row(bench, "write <f4 to /dev/shm", &memory.file(""));
    }
}

fn row(bench: &mut Bench, name: &str, folder: &Path) {
    if !bench.wants(name) {
        return;
    }
    let len = (128 << 20) / bench.effort.divisor;
    let array: Array1<f32> = (0..len).map(|number| (number % 1021) as f32).collect();
    let elements = array.as_slice().expect("it is contiguous");
    let bytes: &[u8] = unsafe { std::slice::from_raw_parts(elements.as_ptr().cast(), len * 4) };
    let paths: Vec<PathBuf> = ["ours.npy", "limit.bin", "ndarray.npy", "npyz.npy", "npy.npy"]
        .iter()
        .map(|name| folder.join(name))
        .collect();
    let numpy_path = folder.join(format!("numpy-{}-.npy", len * 4));
    // Every one makes a new file: to free the blocks of an old one is no part of it.
    let fresh = |path: &PathBuf| {
        let _ = fs::remove_file(path);
    };
    let length = |path: &&PathBuf| {
        let saved = fs::read(path).expect("it was saved");
        // The last bytes, and how many there are besides a header.
        let (_, tail) = saved.split_at(saved.len() - 64);
        let mut sum = (saved.len() / 4096) as u64;
        tail.iter().for_each(|&byte| sum = sum.wrapping_mul(31) + u64::from(byte));
        sum
    };
    let mut contenders = vec![
        Contender::fresh(
            "npymap",
            &paths[0],
            fresh,
            |path| {
                npymap::save(path, &array).expect("the folder can be written");
            },
            length,
        ),
        Contender::fresh(
            "limit",
            &paths[1],
            fresh,
            |path| {
                let mut file = File::create(path).expect("the folder can be written");
                reserve(&file, 128 + bytes.len());
                file.write_all(&[0; 128]).expect("there is room");
                file.write_all(bytes).expect("there is room");
            },
            length,
        ),
        Contender::fresh(
            "ndarray-npy",
            &paths[2],
            fresh,
            |path| {
                ndarray_npy::write_npy(path, &array).expect("the folder can be written");
            },
            length,
        ),
        Contender::fresh(
            "npyz",
            &paths[3],
            fresh,
            |path| {
                use npyz::WriterBuilder;
                let file = BufWriter::new(File::create(path).expect("the folder can be written"));
                let mut writer = npyz::WriteOptions::new()
                    .default_dtype()
                    .shape(&[len as u64])
                    .writer(file)
                    .begin_nd()
                    .expect("there is room");
                writer.extend(elements).expect("there is room");
                writer.finish().expect("there is room");
            },
            length,
        ),
        Contender::fresh(
            "npy",
            &paths[4],
            fresh,
            |path| {
                npy::to_file(path, elements.iter().copied()).expect("the folder can be written");
            },
            length,
        ),
    ];
    if let Some(numpy) = &bench.numpy {
        contenders.push(numpy.contender("save", &numpy_path));
    }
    let row = Row::measure(name, Unit::Bytes(len * 4), 1.05, 0, bench.effort, contenders);
    bench.add(row);
    paths.iter().for_each(fresh);
    fresh(&numpy_path);
}

/// Room on a disk, as NumPy asks for it; files in memory gain nothing by it.
#[cfg(target_os = "linux")]
fn reserve(file: &File, len: usize) {
    use std::os::fd::AsRawFd;
    unsafe extern "C" {
        fn fallocate(fd: i32, mode: i32, offset: i64, len: i64) -> i32;
    }
    let target = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).unwrap_or_default();
    if !target.starts_with("/dev/shm") {
        unsafe { fallocate(file.as_raw_fd(), 1, 0, len as i64) };
    }
}

#[cfg(not(target_os = "linux"))]
fn reserve(_file: &File, _len: usize) {}
