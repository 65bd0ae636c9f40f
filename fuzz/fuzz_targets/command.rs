//! Lines of words, a slice and a dtype, and a file: the words are a call or a usage error; part of the file is printed and
//! converted, and it is no different from itself.
#![no_main]

use std::io::{self, Write};

use libfuzzer_sys::fuzz_target;
use npymap::{NpyFile, Slice};
use npymap_cli::{parse, run_with};
use npymap_fuzz::lines;

/// Takes so many bytes: elements without bytes are as many as a header claims.
struct Page(usize);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fuzz_target!(|input: &[u8]| {
    let ([words, slice, dtype], bytes) = lines(input);
    let _ = parse(words.split(' '));
    let folder = tempfile::TempDir::new().unwrap();
    let [file, out] = ["in.npy", "out.npy"].map(|name| folder.path().join(name).display().to_string());
    std::fs::write(&file, bytes).unwrap();
    let run = |words: &[&str]| run_with(words.iter().copied().chain([&*file]), &mut Page(1 << 20));
    let slice = format!("--slice={}", if slice.parse::<Slice>().is_ok() { slice } else { "..." });
    let _ = ["csv", "json", "raw"].map(|format| run(&["cat", "--format", format, &slice]));
    let header = NpyFile::open(&file).map(|file| file.header().clone());
    let Some(header) = header.ok().filter(|header| !header.dtype.has_object()) else { return };
    assert_ne!(run(&["diff", "--equal-nan", &file]), Ok(false), "{header:?}");
    let _ = run(&["stats", "--json"]);
    let _ = run_with(["convert", &file, &out, &slice, "--lossy", &format!("--dtype={dtype}")], &mut Page(0));
});
