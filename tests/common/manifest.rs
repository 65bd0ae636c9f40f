//! The manifests of `testdata/`; testdata/README.md tells their columns.

use std::path::{Path, PathBuf};

use npymap::Order;

/// One array of a manifest.
#[derive(Debug)]
pub struct Entry {
    folder: &'static str,
    pub file: String,
    pub start: usize,
    pub order: Order,
    pub shape: Vec<usize>,
    pub data_offset: usize,
    pub itemsize: usize,
    pub canonical: bool,
    pub dtype: String,
    pub descr: String,
    /// The elements in C order, little-endian.
    pub data: Vec<u8>,
    objects: bool,
}

fn root() -> &'static Path {
    Path::new("testdata")
}

pub fn entries(folder: &'static str) -> impl Iterator<Item = Entry> {
    let text = std::fs::read_to_string(root().join(folder).join("manifest.txt")).unwrap();
    let lines: Vec<String> = text.lines().filter(|line| !line.starts_with('#')).map(str::to_string).collect();
    lines.into_iter().map(move |line| Entry::parse(folder, &line))
}

/// Files that must not load.
pub fn broken_files() -> impl Iterator<Item = PathBuf> {
    let files = std::fs::read_dir(root().join("crafted")).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("x-"))
}

impl Entry {
    fn parse(folder: &'static str, line: &str) -> Self {
        let columns: Vec<&str> = line.split('\t').collect();
        let [file, start, _version, order, shape, data_offset, itemsize, canonical, dtype, descr, data] =
            columns.try_into().unwrap_or_else(|columns| panic!("columns: {columns:?}"));
        Self {
            folder,
            file: file.to_string(),
            start: start.parse().unwrap(),
            order: match order {
                "C" => Order::C,
                "F" => Order::F,
                order => panic!("order {order}"),
            },
            shape: shape
                .trim_matches(['(', ')', ','])
                .split(", ")
                .filter(|axis| !axis.is_empty())
                .map(|axis| axis.parse().unwrap())
                .collect(),
            data_offset: data_offset.parse().unwrap(),
            itemsize: itemsize.parse().unwrap(),
            canonical: canonical == "yes",
            dtype: dtype.to_string(),
            descr: descr.to_string(),
            objects: data == "objects",
            data: if data == "-" || data == "objects" { Vec::new() } else { hex(data) },
        }
    }

    pub fn path(&self) -> PathBuf {
        root().join(self.folder).join(&self.file)
    }

    /// The file from where this array starts.
    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.path()).unwrap().split_off(self.start)
    }

    /// Whether the file is this array and nothing else, of a dtype that a string tells.
    pub fn is_plain_file(&self) -> bool {
        let len = self.data_offset + self.data.len();
        self.descr.starts_with('\'') && !self.objects && self.start == 0 && self.bytes().len() == len
    }

    /// Whether the bytes of the file are in the order of this machine.
    pub fn native(&self) -> bool {
        let foreign = if cfg!(target_endian = "little") { '>' } else { '<' };
        !self.descr.contains(foreign)
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16).unwrap() as u8;
    text.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}
