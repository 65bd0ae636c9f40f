//! A slice of a file that is somewhere else: the few ranges that it needs, fetched and counted, and none of the rest.
//!
//! `fetch` stands for a client of HTTP or of an object store; nothing else here does I/O. In Python the whole file would
//! be downloaded first:
//! ```python
//! np.load(io.BytesIO(fetch(url)))["x"][500:510, 128:384]
//! ```

use std::cell::Cell;
use std::ops::Range;

use ndarray::Array2;
use npymap::{Header, NpzDirectory, NpzWriter, SliceBuffer, SlicePlan};

/// What is fetched of an object at first: the header of nearly every file.
const HEAD: u64 = 2048;

/// A slice of the `.npy` file that is the bytes `file` of an object.
fn slice(
    file: Range<u64>,
    slice: &str,
    fetch: impl Fn(Range<u64>) -> Vec<u8>,
) -> npymap::Result<Array2<f32>> {
    let mut head = fetch(file.start..(file.start + HEAD).min(file.end));
    let needed = Header::needs(&head)? as u64;
    if needed > head.len() as u64 {
        head.extend(fetch(file.start + head.len() as u64..(file.start + needed).min(file.end)));
    }
    let (header, data_offset) = Header::parse(&head)?;
    let nbytes = header.nbytes().expect("a header that was parsed") as u64;
    assert!(data_offset + nbytes <= file.end - file.start, "the object ends before its array");

    // What lies between two runs is fetched with them where it is less than a request is worth. Here that is nothing.
    let plan = SlicePlan::new(&header, data_offset, slice)?.gap(0);
    let mut buffer = SliceBuffer::<f32>::new(&header, data_offset, &plan)?;
    for range in plan.ranges() {
        let bytes = range.bytes();
        let body = fetch(file.start + bytes.start..file.start + bytes.end);
        // Bodies come in pieces, which go straight to where the result has them.
        for (number, piece) in body.chunks(1000).enumerate() {
            range.place_at(number * 1000, piece, buffer.as_bytes_mut())?;
        }
    }
    buffer.into_array()
}

fn main() -> npymap::Result<()> {
    let array = Array2::from_shape_fn((10_000, 512), |(row, column)| (row * 512 + column) as f32);
    let mut archive = NpzWriter::new(std::io::Cursor::new(Vec::new()))?;
    archive.save("small", &[1, 2, 3])?;
    archive.save("x", &array)?;
    let object: Vec<u8> = archive.finish()?.into_inner();
    let len = object.len() as u64;

    let (requests, fetched) = (Cell::new(0), Cell::new(0));
    let fetch = |range: Range<u64>| {
        requests.set(requests.get() + 1);
        fetched.set(fetched.get() + range.end - range.start);
        object[range.start as usize..range.end as usize].to_vec()
    };

    // The directory stands at the end of an archive.
    let mut tail = fetch(len - 4096.min(len)..len);
    while NpzDirectory::needs(&tail, len)? > tail.len() as u64 {
        tail = fetch(len - NpzDirectory::needs(&tail, len)?..len);
    }
    let directory = NpzDirectory::parse(&tail, len)?;
    let entry = directory.find("x")?;
    let start = entry.data_offset(&fetch(entry.header_range()))?;
    println!("{} bytes in {} requests to find the array", fetched.get(), requests.get());

    let part = slice(start..start + entry.size(), "500:510, 128:384", fetch)?;
    assert_eq!(part, array.slice(ndarray::s![500..510, 128..384]));
    println!("{} bytes in {} requests with a slice of {}", fetched.get(), requests.get(), part.len() * 4);
    println!("the object has {len}");
    Ok(())
}
