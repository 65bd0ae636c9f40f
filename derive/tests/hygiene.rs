//! The code of the derive stands in anyone's crate: without a prelude, without unsafe code, among names of its own.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(missing_docs, warnings)]

use ::npymap::{DType, Element, Record};
use ::std::assert_eq;
use ::std::clone::Clone;
use ::std::marker::Copy;

/// Names that the code must not mean.
#[allow(dead_code, reason = "they are there to be in the way")]
mod names {
    pub struct Option;
    pub struct Vec;
    pub struct Copy;
    pub struct RecordField;
    pub mod core {}
    pub mod std {}
    pub mod npymap {}
}

#[allow(unused_imports, reason = "they are there to be in the way")]
use names::*;

trait Value {
    type Of: Element;
}

#[derive(Clone, Copy)]
struct Wide;

impl Value for Wide {
    type Of = f64;
}

/// Parameters of every kind, and fields named as the code names things.
#[derive(Record, Clone, Copy)]
#[repr(C)]
pub struct Generic<T: Clone, const N: usize, U = u8>
where
    U: Element,
{
    record: T,
    field_0: [U; N],
    field_1: u8,
    fields: [T; 2],
    dtype: u32,
}

/// The bound is on the parameter, the element is what it leads to.
#[derive(Record, Clone, Copy)]
struct Associated<V: Value> {
    value: V::Of,
}

#[derive(Record, Clone, Copy)]
struct Private {
    inner: Inner,
}

#[derive(Record, Clone, Copy)]
struct Inner {
    value: u8,
}

/// A public record of a private one.
#[derive(Record, Clone, Copy)]
pub struct Public {
    private: Private,
}

macro_rules! record {
    ($name:ident { $($field:ident: $type:ty),* }) => {
        #[derive(Record, Clone, Copy)]
        #[npy(subset)]
        struct $name {
            #[npy(rename = "first")]
            mine: u8,
            $(#[npy(title = "also")] $field: $type),*
        }
    };
}

record!(FromMacro { mine2: [u16; 2] });

fn descr<T: Element>() -> ::std::string::String {
    T::saved_dtype().descr().unwrap_or_else(|_| ::std::string::String::new())
}

#[test]
fn records_stand_anywhere() {
    let expected = "[('record', '<f4'), ('field_0', '<i2', (3,)), ('field_1', '|u1'), ('', '|V1'), \
                    ('fields', '<f4', (2,)), ('dtype', '<u4')]";
    assert_eq!(descr::<Generic<f32, 3, i16>>(), expected);
    assert_eq!(descr::<Associated<Wide>>(), "[('value', '<f8')]");
    assert_eq!(descr::<Public>(), "[('private', [('inner', [('value', '|u1')])])]");
    assert_eq!(descr::<FromMacro>(), "[('first', '|u1'), (('also', 'mine2'), '<u2', (2,))]");
    let DType::Structured(record) = DType::of::<FromMacro>() else { return };
    ::std::assert!(record.is_subset());
    let inner = Inner { value: 3 };
    let public: Public = Public { private: Private { inner } };
    assert_eq!(public.private.inner.value, 3);
    let associated = Associated::<Wide> { value: 1.0 };
    let generic = Generic::<u8, 0> { record: 1, field_0: [], field_1: 2, fields: [3; 2], dtype: 4 };
    let made = FromMacro { mine: 1, mine2: [2; 2] };
    assert_eq!(associated.value, 1.0);
    assert_eq!((generic.record, generic.field_0.len(), generic.field_1, generic.fields), (1, 0, 2, [3; 2]));
    assert_eq!((generic.dtype, made.mine, made.mine2), (4, 1, [2; 2]));
}
