//! A whole file as NumPy prints it: the text does not depend on how the stream is cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npymap::{NpyReader, PrintOptions};
use npymap_fuzz::Pieces;

fuzz_target!(|input: (u8, u8, u8, u8, &[u8])| {
    let (threshold, edgeitems, linewidth, precision, bytes) = input;
    let options = PrintOptions::default()
        .threshold(threshold.into())
        .edgeitems((edgeitems % 8).into())
        .linewidth(linewidth.into())
        .precision((precision % 32).into());
    let Ok(whole) = NpyReader::new(bytes).and_then(|mut reader| reader.preview(&options)) else { return };
    let pieces = NpyReader::new(Pieces::new(bytes)).and_then(|mut reader| reader.preview(&options)).unwrap();
    assert_eq!(whole.to_string(), pieces.to_string());
});
