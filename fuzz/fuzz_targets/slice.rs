//! Any part of an array: the planned bytes are what ndarray slices, and any text is read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ndarray::Array;
use npymap::{DType, Header, Order, Slice, SliceBuffer, SlicePlan};

fuzz_target!(|input: (Vec<(u8, u8, i8, i8, i8)>, bool, u8, u8, &str)| {
    let (axes, is_f, gap, most, text) = input;
    let axes = &axes[..axes.len().min(4)];
    let shape: Vec<usize> = axes.iter().map(|axis| usize::from(axis.0 % 8)).collect();
    let part = |(&(_, kind, start, end, step), &len)| npymap_fuzz::part_of_axis(len, kind, start, end, step);
    let slice: Vec<_> = axes.iter().zip(&shape).map(part).collect();
    let header = Header::new(DType::of::<u16>(), &*shape).with_order(if is_f { Order::F } else { Order::C });
    let elements = Array::from_iter((0..header.len().unwrap() as u16).map(u16::to_ne_bytes)).into_dyn();
    let file: Vec<u8> = [0; 10].into_iter().chain(elements.iter().flatten().copied()).collect();
    let (raw, piece_len) =
        (Header::new("V2".parse().unwrap(), &*shape).with_order(header.order), usize::from(gap) + 1);
    let read = |slice: Slice| -> npymap::Result<Vec<u8>> {
        let plan = SlicePlan::new(&header, 10, slice)?.gap(gap.into()).max_range(most.into());
        let mut part = vec![0; plan.nbytes()];
        let mut in_pieces = SliceBuffer::<[u8; 2]>::new(&raw, 10, &plan)?;
        for range in plan.ranges() {
            let body = &file[range.bytes().start as usize..range.bytes().end as usize];
            range.place(body, &mut part)?;
            // Pieces of any length, the last of them first.
            for (number, piece) in body.chunks(piece_len).enumerate().rev() {
                range.place_at(number * piece_len, piece, in_pieces.as_bytes_mut())?;
            }
        }
        assert_eq!(in_pieces.into_vec()?.concat(), part);
        Ok(part)
    };
    let whole = elements
        .into_shape_with_order((&*shape, if is_f { ndarray::Order::F } else { ndarray::Order::C }))
        .unwrap();
    let part = whole.slice(&*slice);
    let part = if is_f { part.t() } else { part.view() };
    assert_eq!(read(Slice::from(&*slice)).unwrap(), part.iter().flatten().copied().collect::<Vec<_>>());
    let Ok(slice) = text.parse::<Slice>() else { return };
    assert_eq!(slice.to_string().parse::<Slice>().unwrap(), slice);
    let _ = read(slice);
});
