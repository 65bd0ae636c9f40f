//! Any part of an array: the planned bytes are what ndarray slices, and any text is read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ndarray::{ArrayD, ShapeBuilder, SliceInfoElem};
use npymap::{DType, Header, Order, Slice, SlicePlan};

fuzz_target!(|input: (Vec<(u8, u8, i8, i8, i8)>, bool, u8, u8, &str)| {
    let (axes, is_f, gap, most, text) = input;
    let axes = &axes[..axes.len().min(4)];
    let shape: Vec<usize> = axes.iter().map(|axis| usize::from(axis.0 % 8)).collect();
    // What ndarray would panic at is left out: `tests/slices.rs` has it.
    let bound = |bound: i8, len: usize| isize::from(bound) % (len as isize + 1);
    let slice: Vec<_> = axes.iter().zip(&shape).map(|(&(_, kind, start, end, step), &len)| match kind % 4 {
        0 if len > 0 => SliceInfoElem::Index(isize::from(start) % len as isize),
        1 => SliceInfoElem::Slice { start: bound(start, len), end: None, step: isize::from(step) | 1 },
        _ => SliceInfoElem::Slice {
            start: bound(start, len),
            end: Some(bound(end, len)),
            step: isize::from(step) | 1,
        },
    });
    let slice: Vec<_> = slice.collect();
    let order = if is_f { Order::F } else { Order::C };
    let header = Header::new(DType::of::<u16>(), shape.as_slice()).with_order(order);
    let elements: Vec<u16> = (0..header.len().unwrap() as u16).collect();
    let file: Vec<u8> = [0; 10].into_iter().chain(elements.iter().flat_map(|e| e.to_ne_bytes())).collect();
    let plan = |slice: Slice| Ok(SlicePlan::new(&header, 10, slice)?.gap(gap.into()).range_most(most.into()));
    let read = |plan: SlicePlan| {
        let mut part = vec![0; plan.nbytes()];
        plan.ranges().for_each(|range| {
            let bytes = range.bytes();
            range.place(&file[bytes.start as usize..bytes.end as usize], &mut part).unwrap();
        });
        part.chunks(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]])).collect::<Vec<_>>()
    };
    let whole = ArrayD::from_shape_vec(shape.as_slice().set_f(is_f), elements.clone()).unwrap();
    let part = whole.slice(slice.as_slice());
    let expected: Vec<_> =
        if is_f { part.t().iter().copied().collect() } else { part.iter().copied().collect() };
    assert_eq!(read(plan(Slice::from(slice.as_slice())).unwrap()), expected);
    let Ok(slice) = text.parse::<Slice>() else { return };
    assert_eq!(slice.to_string().parse::<Slice>().unwrap(), slice);
    let _: npymap::Result<()> =
        plan(slice).map(|plan| assert_eq!(read(plan.clone()).len() * 2, plan.nbytes()));
});
