//! What a header costs its reader, in memory taken; the time is in benches/.

use npymap::{DType, Field, Header, Structured};

fn allocations(header: &Header) -> u64 {
    let bytes = header.encode();
    let counted = allocation_counter::measure(|| {
        let (parsed, _) = Header::parse(&bytes).unwrap();
        assert_eq!(parsed, *header);
    });
    counted.count_total
}

#[test]
fn a_plain_header_takes_its_shape_and_the_parser_two_vectors() {
    assert_eq!(allocations(&Header::new(DType::of::<f32>(), [3, 4])), 3);
    // Without axes there is no shape to hold.
    assert_eq!(allocations(&Header::new(DType::of::<f32>(), [])), 2);
}

#[test]
fn fields_take_nothing_each() {
    let record = |fields: usize| {
        let field = |number: usize| Field::new(format!("field_{number}"), number * 8, DType::of::<f64>());
        let structured = Structured::new((0..fields).map(field).collect(), fields * 8).unwrap();
        Header::new(structured.into(), [1000])
    };
    let few = allocations(&record(2));
    assert!(few <= 7, "{few}");
    for fields in [20, 200, 400] {
        assert_eq!(allocations(&record(fields)), few, "{fields}");
    }
}
