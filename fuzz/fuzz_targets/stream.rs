//! Several arrays in one stream, in parts: however it is cut, the elements and the messages are the same.
#![no_main]

use std::fmt::Debug;
use std::io::Read;

use libfuzzer_sys::fuzz_target;
use npymap::{NpyReader, Result, Unicode};
use npymap_fuzz::Pieces;

fn text<T: Debug>(result: Result<T>) -> String {
    result.map_or_else(|error| error.to_string(), |value| format!("{value:?}"))
}

/// What comes of reading the stream, and of each call.
fn story(stream: impl Read, calls: &[u8]) -> Result<Vec<String>> {
    let mut reader = NpyReader::new(stream)?;
    let call = |call: &u8| {
        let (mut numbers, mut bools) = ([0i32; 16], [false; 16]);
        let (numbers, bools) = (&mut numbers[..usize::from(call / 16)], &mut bools[..usize::from(call / 16)]);
        match call % 16 {
            0 => text(reader.read_into(numbers)) + &format!("{numbers:?}"),
            1 => text(reader.read_into(bools)) + &format!("{bools:?}"),
            2 => text(reader.read_vec::<f64>()),
            3 => text(reader.read::<Unicode<4>, ndarray::IxDyn>()),
            4 => text(reader.read_vec::<String>()),
            5 => text(reader.rows::<[u8; 3]>(3).take(100).collect::<Result<Vec<_>>>()),
            6 => text(reader.rows::<bool>(3).take(100).collect::<Result<Vec<_>>>()),
            7 => text(reader.preview(&Default::default()).map(|preview| preview.to_string())),
            _ => text(reader.next_array().map(|header| header.cloned())),
        }
    };
    Ok(calls.iter().take(64).map(call).collect())
}

fuzz_target!(|input: (Vec<u8>, &[u8])| {
    let (calls, bytes) = input;
    assert_eq!(text(story(bytes, &calls)), text(story(Pieces::new(bytes), &calls)));
});
