//! A whole file as a stream: however it is cut, the elements are the file's own bytes in the machine's order.
#![no_main]

use std::io::Read;

use bytemuck::NoUninit;
use libfuzzer_sys::fuzz_target;
use npymap::{ByteOrder, Element, Header, NpyReader, Result};
use npymap_fuzz::{Pieces, for_each_element, number};

/// The elements as bytes in the machine's order.
fn elements<T: Element + NoUninit>(stream: impl Read) -> Result<Vec<u8>> {
    let elements = NpyReader::new(stream)?.read_vec::<T>()?;
    Ok(bytemuck::cast_slice(&elements).to_vec())
}

fn check<T: Element + NoUninit>(bytes: &[u8], header: &Header, data_offset: u64) {
    let pieces = elements::<T>(Pieces::new(bytes)).map_err(|error| error.to_string());
    assert_eq!(pieces, elements::<T>(bytes).map_err(|error| error.to_string()));
    let Ok(elements) = pieces else { return };
    let scalar = number(&header.dtype).expect("what is read as a number is one");
    let mut data = bytes[data_offset as usize..][..header.nbytes().unwrap()].to_vec();
    if scalar.byte_order() == ByteOrder::Big {
        data.chunks_mut(scalar.swap_width()).for_each(<[u8]>::reverse);
    }
    assert_eq!(elements, data);
}

fuzz_target!(|bytes: &[u8]| {
    let Ok((header, data_offset)) = Header::parse(bytes) else { return };
    for_each_element!(check, bytes, &header, data_offset);
});
