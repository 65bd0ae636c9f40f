//! Several arrays in one stream, in parts: however it is cut, the elements and the messages are the same.
#![no_main]

use std::fmt::Debug;
use std::io::{Cursor, Read};

use libfuzzer_sys::fuzz_target;
use npymap::{Bytes, Load, NpyReader, Unicode};
use npymap_fuzz::Pieces;

/// What comes of reading the stream, and of each call.
fn story(stream: impl Read, calls: &[u8]) -> Vec<String> {
    let mut story = Vec::new();
    let mut reader = match NpyReader::new(stream) {
        Ok(reader) => reader,
        Err(error) => return vec![error.to_string()],
    };
    fn text<T: Debug>(result: npymap::Result<T>) -> String {
        result.map_or_else(|error| error.to_string(), |value| format!("{value:?}"))
    }
    fn rows<T: Load + Debug>(reader: &mut NpyReader<impl Read>) -> String {
        text(reader.rows::<T>(3).take(100).collect::<Result<Vec<_>, _>>())
    }
    for call in calls.iter().take(64) {
        let len = usize::from(call / 16);
        let mut numbers = vec![0i32; len];
        let mut bools = vec![false; len];
        story.push(match call % 16 {
            0 => text(reader.read_into(&mut numbers).map(|()| numbers)),
            1 => text(reader.read_into(&mut bools).map(|()| bools)),
            2 => text(reader.read_vec::<f64>()),
            3 => text(reader.read_vec::<Unicode<4>>()),
            4 => text(reader.read_vec::<String>()),
            5 => text(reader.read_vec::<[u8; 3]>()),
            6 => text(reader.read_array::<Bytes<8>, ndarray::IxDyn>()),
            7 => rows::<i32>(&mut reader),
            8 => rows::<bool>(&mut reader),
            9 => text(reader.preview(&Default::default()).map(|preview| preview.to_string())),
            _ => text(reader.next_array().map(|header| header.cloned())),
        });
    }
    story
}

fuzz_target!(|input: (Vec<u8>, &[u8])| {
    let (calls, bytes) = input;
    assert_eq!(story(Cursor::new(bytes), &calls), story(Pieces::new(bytes), &calls));
});
