//! What a header costs its reader, in memory taken; the time is in benches/.

use npymap::{DType, Field, Header, Structured, Title};

fn allocations(header: &Header) -> u64 {
    let bytes = header.encode();
    let counted = allocation_counter::measure(|| {
        let (parsed, _) = Header::parse(&bytes).unwrap();
        assert_eq!(parsed, *header);
    });
    counted.count_total
}

#[test]
fn a_plain_header_takes_its_shape() {
    assert_eq!(allocations(&Header::new(DType::of::<f32>(), [3, 4])), 1);
    // Without axes there is none to hold.
    assert_eq!(allocations(&Header::new(DType::of::<f32>(), [])), 0);
}

#[test]
fn fields_take_nothing_each() {
    let record = |fields: usize, named: &dyn Fn(Field) -> Field| {
        let field = |number: usize| Field::new(format!("field_{number}"), number * 8, DType::of::<f64>());
        let structured = Structured::new((0..fields).map(field).map(named).collect(), fields * 8).unwrap();
        Header::new(structured.into(), [1000])
    };
    // The box around the fields, the shape, the sorting of the names, and the fields, whose vector doubles.
    for fields in [2, 20, 200, 400_usize] {
        let doublings = fields.next_power_of_two().max(4).ilog2() - 1;
        assert_eq!(allocations(&record(fields, &|field| field)), 3 + u64::from(doublings), "{fields}");
    }
    // A title has its box and its text.
    let titled = |fields: usize| {
        allocations(&record(fields, &|field| {
            let title = Title::Text(format!("title of {}", field.name()));
            field.with_title(title)
        }))
    };
    assert!(titled(2) <= 12, "{}", titled(2));
    assert!(titled(200) - titled(100) <= 2 * 100 + 2, "{}", titled(200) - titled(100));
}
