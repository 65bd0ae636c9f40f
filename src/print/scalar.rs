//! The format of one scalar, by its kind.

use super::float::{ComplexFormat, FloatFormat, write_lone_complex, write_lone_float};
use super::integer::IntegerFormat;
use super::options::PrintOptions;
use super::time::{DateFormat, DeltaFormat, write_lone_date, write_lone_delta};
use super::{real, text};
use crate::{Kind, Scalar};

/// Where items stand, which changes how some are written.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) options: &'a PrintOptions,
    /// In a 0-d record NumPy writes each float as it writes a float alone.
    lone_floats: bool,
    /// Outside a 0-d record `True` is padded to the width of `False`.
    padded: bool,
}

impl<'a> Context<'a> {
    /// In an array of at least one axis.
    pub(super) fn array(options: &'a PrintOptions) -> Self {
        Self { options, lone_floats: false, padded: true }
    }

    /// In a 0-d array.
    pub(super) fn lone(options: &'a PrintOptions) -> Self {
        Self { options, lone_floats: true, padded: false }
    }

    /// In a subarray of what stands here.
    pub(super) fn subarray(self) -> Self {
        Self { padded: true, ..self }
    }
}

/// How NumPy writes one scalar of an array, from what it has seen of all.
pub(super) enum ScalarFormat {
    Bool { padded: bool },
    Integer(IntegerFormat),
    Float(FloatFormat),
    LoneFloat(Scalar),
    Complex(ComplexFormat),
    Date(DateFormat),
    Delta(DeltaFormat),
    Bytes,
    Unicode(Scalar),
    Void,
    Object,
}

/// What stands for a pickled object: only running its code could tell more.
const OBJECT: &str = "<object>";

impl ScalarFormat {
    /// The format of scalars of that dtype, measured on `items`.
    pub(super) fn new(scalar: Scalar, items: &[&[u8]], context: Context<'_>) -> Self {
        let precision = context.options.precision;
        match scalar.kind() {
            Kind::Bool => Self::Bool { padded: context.padded },
            Kind::Int | Kind::Uint => Self::Integer(IntegerFormat::new(scalar, items)),
            Kind::Float if context.lone_floats => Self::LoneFloat(scalar),
            Kind::Float => Self::Float(FloatFormat::new(scalar, items, precision)),
            Kind::Complex => Self::Complex(ComplexFormat::new(scalar, items, precision)),
            Kind::Bytes => Self::Bytes,
            Kind::Unicode => Self::Unicode(scalar),
            Kind::Void => Self::Void,
            Kind::DateTime64(unit) => Self::Date(DateFormat::new(scalar, unit, items)),
            Kind::TimeDelta64(_) => Self::Delta(DeltaFormat::new(scalar, items)),
            Kind::Object | Kind::String => Self::Object,
        }
    }

    /// Writes one scalar; fewer bytes than it has are taken as zeros.
    pub(super) fn write(&self, out: &mut String, item: &[u8]) {
        match self {
            Self::Bool { padded } => write_bool(out, item, *padded),
            Self::Integer(format) => format.write(out, item),
            Self::Float(format) => format.write(out, item),
            Self::LoneFloat(scalar) => {
                write_lone_float(out, real::read(item, scalar.byte_order()), scalar.itemsize());
            }
            Self::Complex(format) => format.write(out, item),
            Self::Date(format) => format.write(out, item),
            Self::Delta(format) => format.write(out, item),
            Self::Bytes => text::write_bytes(out, item),
            Self::Unicode(scalar) => text::write_unicode(out, item, scalar.byte_order()),
            Self::Void => text::write_void(out, item),
            Self::Object => out.push_str(OBJECT),
        }
    }
}

/// Writes the scalar of a 0-d array, as Python's `str` writes it outside arrays.
pub(super) fn write_lone(out: &mut String, scalar: Scalar, item: &[u8], options: &PrintOptions) {
    let order = scalar.byte_order();
    match scalar.kind() {
        Kind::Complex => write_lone_complex(out, item, order),
        Kind::Bytes => {
            out.push_str("np.bytes_(");
            text::write_bytes(out, item);
            out.push(')');
        }
        Kind::Unicode => text::write_lone_unicode(out, item, order),
        Kind::DateTime64(unit) => write_lone_date(out, unit, item, order),
        Kind::TimeDelta64(unit) => write_lone_delta(out, unit, item, order),
        _ => ScalarFormat::new(scalar, &[item], Context::lone(options)).write(out, item),
    }
}

fn write_bool(out: &mut String, item: &[u8], padded: bool) {
    // A C compiler's truth: every byte but 0.
    let truth = item.iter().any(|&byte| byte != 0);
    out.push_str(match (truth, padded) {
        (true, true) => " True",
        (true, false) => "True",
        (false, _) => "False",
    });
}
