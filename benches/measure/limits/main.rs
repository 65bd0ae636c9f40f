//! How close npymap comes to what the machine can do, and how far its peers do: `cargo bench`, or
//! `cargo bench -- --quick` for small files and few rounds. `--ours` leaves the peers out, and words
//! choose the rows whose name has one of them.
//!
//! Every row of the table is one piece of work, done in turn by npymap, by the peers that can do it, and by the
//! plainest correct code, which is the limit. Results are compared outside the timing. The table shows medians, the
//! ratio to the limit and to the best peer, and the most memory that one run took beyond what was there before.
//!
//! What npymap does on several cores by its feature `rayon` is measured on one, too: the limits are those of one core, but
//! where the row's name says otherwise.
//!
//! NumPy is measured where `NPYMAP_PYTHON` names a Python that has it. Inputs are made in the system's folder for
//! temporary files (a little over 2 GB) and removed; they are in the page cache when they are read.
//!
//! The system calls of one `load` of a small file, as `strace -f` shows them: `openat`, `pread64` of 2048 bytes,
//! `close`; of a large file `openat`, `pread64`, `statx`, `mmap` and `madvise` for the result, a
//! `pread64` of the data, `close`.
#![allow(
    unsafe_code,
    clippy::undocumented_unsafe_blocks,
    reason = "maps, and limits that are bare calls of the system"
)]

#[cfg(unix)]
mod append;
mod headers;
mod machine;
mod maps;
mod measure;
#[cfg(unix)]
mod npz;
mod numpy;
mod order;
mod reads;
mod records;
mod small;
mod system;
mod write;

use measure::{Effort, Row};
use numpy::NumPy;
use system::Folder;

/// What all rows need.
pub struct Bench {
    /// How much is measured.
    pub effort: Effort,
    /// Where the inputs are.
    pub folder: Folder,
    /// The Python to compare with.
    pub numpy: Option<NumPy>,
    chosen: Vec<String>,
    rows: Vec<Row>,
}

impl Bench {
    /// Whether a row of this name was asked for.
    pub fn wants(&self, name: &str) -> bool {
        self.chosen.is_empty() || self.chosen.iter().any(|word| name.contains(word.as_str()))
    }

    /// Takes a row into the table.
    pub fn add(&mut self, row: Row) {
        self.rows.push(row);
    }
}

fn main() {
    let (options, chosen): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let quick = options.iter().any(|option| option == "--quick");
    let ours = options.iter().any(|option| option == "--ours");
    let folder = Folder::new(&std::env::temp_dir()).expect("the folder for temporary files can be written");
    let effort =
        if quick { Effort { rounds: 3, divisor: 16, ours } } else { Effort { rounds: 11, divisor: 1, ours } };
    let mut bench =
        Bench { effort, folder, numpy: if ours { None } else { NumPy::start() }, chosen, rows: Vec::new() };

    machine::add(&mut bench);
    headers::add(&mut bench);
    small::add(&mut bench);
    reads::add(&mut bench);
    order::add(&mut bench);
    records::add(&mut bench);
    write::add(&mut bench);
    maps::add(&mut bench);
    #[cfg(unix)]
    append::add(&mut bench);
    #[cfg(unix)]
    npz::add(&mut bench);

    println!("{}", Row::COLUMNS);
    for row in &bench.rows {
        println!("{}", row.line());
    }
    println!();
    let mut notes = system::notes();
    match &bench.numpy {
        Some(numpy) => notes.push(format!("NumPy {}", numpy.version)),
        None => notes.push("NPYMAP_PYTHON names no Python with NumPy, so that its column is empty".into()),
    }
    if quick {
        notes.push("--quick: a sixteenth of the size, three rounds".into());
    }
    for note in notes {
        println!("- {note}");
    }
}
