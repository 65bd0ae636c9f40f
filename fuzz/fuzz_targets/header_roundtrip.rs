//! Made-up dtypes, orders and shapes survive being written and read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npymap::{Header, Order};
use npymap_fuzz::tree::{Tree, dtype};
use npymap_fuzz::{assert_survives, survives};

fuzz_target!(|input: (Tree, bool, Vec<u8>)| {
    let Some(dtype) = dtype(input.0).filter(survives) else { return };
    // Three axes of a byte and an element of 2 GB are still within what memory can address.
    let shape: Vec<usize> = input.2.into_iter().take(3).map(usize::from).collect();
    assert_survives(&Header::new(dtype, shape).with_order(if input.1 { Order::F } else { Order::C }));
});
