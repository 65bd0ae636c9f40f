//! Made-up dtypes, orders and shapes survive being written and read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npymap::Header;
use npymap_fuzz::assert_survives;

fuzz_target!(|header: Header| assert_survives(&header));
