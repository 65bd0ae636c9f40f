//! Any text as a dtype: it is refused, or survives `Display` (scalars) and the literal of a header.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npymap::{DType, Header, Kind};
use npymap_fuzz::{assert_survives, survives, unit_is_told};

fuzz_target!(|text: &str| {
    let Ok(dtype) = text.parse::<DType>() else { return };
    let shown = dtype.to_string();
    // As in NumPy, the text of a record or subarray is a literal and that of `T` a call; neither is a dtype string.
    if matches!(dtype, DType::Scalar(scalar) if scalar.kind() != Kind::String && unit_is_told(scalar.kind()))
    {
        assert_eq!(shown.parse::<DType>().ok().as_ref(), Some(&dtype), "{shown}");
    }
    if survives(&dtype) {
        assert_survives(&Header::new(dtype, [2, 3]));
    }
});
