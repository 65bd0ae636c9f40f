//! Brackets within brackets, records within records.

use npymap::{DType, Error, Field, Header, Limits, Structured, Subarray};

use crate::entry_points::claim;

#[test]
fn brackets_are_refused_in_linear_time_and_without_the_stack() {
    let deepest = Limits::NESTING_MOST;
    let [parentheses, brackets, braces] = ["(", "[", "{"];
    for open in [parentheses, brackets, braces, "('a',", "[('a',", "{0:", "-", "b'' ("] {
        // An exponential parser would not come back from 63.
        for count in [1, 24, 63, Limits::NESTING, deepest, 10_000, 1_000_000] {
            let text = open.repeat(count);
            for version in [1, 2, 3] {
                let Ok(len) = u32::try_from(text.len()) else { continue };
                if version == 1 && len > u32::from(u16::MAX) {
                    continue;
                }
                let bytes = claim(version, len, text.as_bytes());
                for limits in
                    [Limits::highest(), Limits::highest().nesting(Limits::NESTING), Limits::default()]
                {
                    let error = Header::parse_with(&bytes, &limits).expect_err(open);
                    assert!(matches!(error, Error::Format { .. } | Error::Limit { .. }), "{error}");
                }
            }
        }
    }
    // Header text starts at byte 12 in version 2.
    let text = "[".repeat(1_000_000);
    let bytes = claim(2, 1_000_000, text.as_bytes());
    let message = |limits| Header::parse_with(&bytes, &limits).unwrap_err().to_string();
    assert_eq!(
        message(Limits::highest().nesting(200)),
        "brackets are nested deeper than 200 at byte 212; raise Limits::nesting to read it"
    );
    assert_eq!(
        message(Limits::highest()),
        "brackets are nested deeper than 400 at byte 412; raise Limits::nesting to read it"
    );
}

#[test]
fn the_deepest_dtypes_are_handled_on_the_stack_of_a_thread() {
    // The dictionary is one bracket, a record two.
    let records = (Limits::NESTING_MOST - 1) / 2;
    let subarrays = Header::NDIM_MOST;
    for text in [
        format!("{}'<f8'{}", "[('a',".repeat(records), ")]".repeat(records)),
        format!("{}'<f8'{}", "(".repeat(subarrays), ",(1,))".repeat(subarrays)),
        // Python 2's longs take another way.
        format!("{}'<f8'{}", "[('a',".repeat(records), ",1L)]".repeat(records)),
    ] {
        let text = format!("{{'descr': {text}, 'fortran_order': False, 'shape': (), }}");
        let bytes = claim(2, u32::try_from(text.len()).unwrap(), text.as_bytes());
        let (header, _) = Header::parse_with(&bytes, &Limits::highest()).unwrap();
        let again = header.clone();
        assert_eq!(header, again);
        assert!(!header.dtype.to_string().is_empty());
        assert!(!header.encode().is_empty());
        assert!(header.dtype.alignment() > 0);
        assert!(!header.dtype.has_object());
    }
}

#[test]
fn a_dtype_may_be_made_as_deep_as_memory_allows() {
    let mut dtype: DType = "<f8".parse().unwrap();
    for _ in 0..Limits::NESTING_MOST {
        let field = Field::new("a", 0, dtype);
        dtype = Structured::new(vec![field], 8).unwrap().into();
        dtype = Subarray::new(dtype, [1]).unwrap().into();
    }
    assert_eq!(dtype.itemsize(), 8);
}
