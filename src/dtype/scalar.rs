//! Dtypes of one value: kind, width and byte order.

/// What a scalar is, as NumPy's `dtype.kind` tells it; the width stands beside it in [`Scalar`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// `b`: one byte, 0 or 1.
    Bool,
    /// `i`: two's complement, 1, 2, 4 or 8 bytes.
    Int,
    /// `u`: 1, 2, 4 or 8 bytes.
    Uint,
    /// `f`: IEEE 754 of 2, 4 or 8 bytes, or the x87 long double in 16 (12 on 32-bit systems).
    Float,
    /// `c`: two floats, 8 or 16 bytes, or two long doubles in 32 (24).
    Complex,
    /// `S`: bytes, padded with NUL at the end.
    Bytes,
    /// `U`: UTF-32 code units, padded with NUL at the end.
    Unicode,
    /// `V`: raw bytes.
    Void,
    /// `M`: a count of the unit since 1970-01-01.
    DateTime64(TimeUnit),
    /// `m`: a count of the unit.
    TimeDelta64(TimeUnit),
    /// `O`: a pickled Python object, never read.
    Object,
    /// `T`: NumPy's `StringDType`, which is stored as pickled objects and never read.
    String,
}

impl Kind {
    /// NumPy's character for it, `dtype.kind`.
    pub const fn as_char(self) -> char {
        match self {
            Self::Bool => 'b',
            Self::Int => 'i',
            Self::Uint => 'u',
            Self::Float => 'f',
            Self::Complex => 'c',
            Self::Bytes => 'S',
            Self::Unicode => 'U',
            Self::Void => 'V',
            Self::DateTime64(_) => 'M',
            Self::TimeDelta64(_) => 'm',
            Self::Object => 'O',
            Self::String => 'T',
        }
    }
}

/// The order of the bytes within one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// `<`
    Little,
    /// `>`
    Big,
    /// `|`: the element has no order, or one byte.
    NotApplicable,
}

impl ByteOrder {
    /// The order of the machine that runs this.
    pub const NATIVE: Self = if cfg!(target_endian = "little") { Self::Little } else { Self::Big };

    /// NumPy's character for it.
    pub const fn as_char(self) -> char {
        match self {
            Self::Little => '<',
            Self::Big => '>',
            Self::NotApplicable => '|',
        }
    }
}

/// The unit of a datetime or timedelta: `multiple` times `unit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeUnit {
    unit: Unit,
    multiple: i32,
}

impl TimeUnit {
    /// No unit at all: NumPy's generic `M8` and `m8`.
    pub const GENERIC: Self = Self { unit: Unit::Generic, multiple: 1 };

    /// `multiple` times `unit`, as in `[25s]`. NumPy takes 0 as well.
    pub const fn new(unit: Unit, multiple: i32) -> Self {
        Self { unit, multiple }
    }

    /// The unit.
    pub const fn unit(self) -> Unit {
        self.unit
    }

    /// How many of the unit make one count.
    pub const fn multiple(self) -> i32 {
        self.multiple
    }
}

/// A unit of time in NumPy's datetimes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Unit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
    Picosecond,
    Femtosecond,
    Attosecond,
    /// No unit: the count has no meaning but NaT.
    Generic,
}

impl Unit {
    pub(super) const ALL: [Self; 14] = [
        Self::Year,
        Self::Month,
        Self::Week,
        Self::Day,
        Self::Hour,
        Self::Minute,
        Self::Second,
        Self::Millisecond,
        Self::Microsecond,
        Self::Nanosecond,
        Self::Picosecond,
        Self::Femtosecond,
        Self::Attosecond,
        Self::Generic,
    ];

    /// NumPy's short name, as between the brackets of `M8[ns]`; `generic` for no unit.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Year => "Y",
            Self::Month => "M",
            Self::Week => "W",
            Self::Day => "D",
            Self::Hour => "h",
            Self::Minute => "m",
            Self::Second => "s",
            Self::Millisecond => "ms",
            Self::Microsecond => "us",
            Self::Nanosecond => "ns",
            Self::Picosecond => "ps",
            Self::Femtosecond => "fs",
            Self::Attosecond => "as",
            Self::Generic => "generic",
        }
    }
}

/// The dtype of one value: its kind, its bytes and their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scalar {
    kind: Kind,
    itemsize: usize,
    byte_order: ByteOrder,
}

impl Scalar {
    /// The most bytes that NumPy lets an element have (a C `int`).
    pub const ITEMSIZE_MOST: usize = i32::MAX as usize;

    /// The `bfloat16` of ml_dtypes, which its headers call `<V2`. What a file holds is read as plain raw bytes, as
    /// NumPy does without ml_dtypes.
    pub(crate) const BFLOAT16: Self = Self { kind: Kind::Void, itemsize: 2, byte_order: ByteOrder::Little };

    /// The `float8_e5m2` of ml_dtypes, which its headers call `<f1`: raw bytes that remember their name. `byte_order`
    /// is the one that the header tells, though one byte has none.
    pub(crate) const fn float8_e5m2(byte_order: ByteOrder) -> Self {
        Self { kind: Kind::Void, itemsize: 1, byte_order }
    }

    /// The scalar of that kind, width and order, or `None` where NumPy has no such dtype.
    ///
    /// `itemsize` is in bytes, for `Unicode` too (four a character). The order of kinds that have none is
    /// [`ByteOrder::NotApplicable`] in the result, whatever `byte_order` says; for the others
    /// `NotApplicable` is refused.
    pub const fn new(kind: Kind, itemsize: usize, byte_order: ByteOrder) -> Option<Self> {
        let fits = match kind {
            Kind::Bool => itemsize == 1,
            Kind::Int | Kind::Uint => matches!(itemsize, 1 | 2 | 4 | 8),
            Kind::Float => matches!(itemsize, 2 | 4 | 8 | 12 | 16),
            Kind::Complex => matches!(itemsize, 8 | 16 | 24 | 32),
            Kind::Bytes | Kind::Void => itemsize <= Self::ITEMSIZE_MOST,
            Kind::Unicode => itemsize <= Self::ITEMSIZE_MOST && itemsize.is_multiple_of(4),
            Kind::DateTime64(_) | Kind::TimeDelta64(_) | Kind::Object => itemsize == 8,
            Kind::String => itemsize == 16,
        };
        let ordered = match kind {
            Kind::Bool | Kind::Bytes | Kind::Void | Kind::Object | Kind::String => false,
            Kind::Int | Kind::Uint => itemsize > 1,
            _ => true,
        };
        if !fits || (ordered && matches!(byte_order, ByteOrder::NotApplicable)) {
            return None;
        }
        Some(Self { kind, itemsize, byte_order: if ordered { byte_order } else { ByteOrder::NotApplicable } })
    }

    /// What it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Bytes of one element.
    pub const fn itemsize(&self) -> usize {
        self.itemsize
    }

    /// The order of its bytes.
    pub const fn byte_order(&self) -> ByteOrder {
        match self.kind {
            Kind::Void => ByteOrder::NotApplicable,
            _ => self.byte_order,
        }
    }

    /// Whether it is the [`Scalar::BFLOAT16`] of a Rust type.
    pub(crate) const fn is_bfloat16(&self) -> bool {
        matches!((self.kind, self.itemsize, self.byte_order), (Kind::Void, 2, ByteOrder::Little))
    }

    /// The byte order in which a header calls it `f1`, if it is the [`Scalar::float8_e5m2`] of ml_dtypes.
    pub(crate) const fn float8_order(&self) -> Option<ByteOrder> {
        match (self.kind, self.itemsize, self.byte_order) {
            (Kind::Void, 1, ByteOrder::Little | ByteOrder::Big) => Some(self.byte_order),
            _ => None,
        }
    }

    /// Whether it is raw bytes and nothing else.
    pub(crate) const fn is_raw(&self) -> bool {
        matches!((self.kind, self.byte_order), (Kind::Void, ByteOrder::NotApplicable))
    }

    /// Whether it is a single byte, as an unsigned number.
    pub(crate) const fn is_byte(&self) -> bool {
        matches!(self.kind, Kind::Uint) && self.itemsize == 1
    }

    /// The bytes that change places when the byte order changes: half of a complex number, one code
    /// unit of a text, 1 where there is no order.
    pub const fn swap_width(&self) -> usize {
        match (self.byte_order(), self.kind) {
            (ByteOrder::NotApplicable, _) => 1,
            (_, Kind::Complex) => self.itemsize / 2,
            (_, Kind::Unicode) => 4,
            _ => self.itemsize,
        }
    }

    /// The alignment in bytes that NumPy gives it on 64-bit platforms.
    pub const fn alignment(&self) -> usize {
        match self.kind {
            Kind::Bytes | Kind::Void => 1,
            Kind::Unicode => 4,
            Kind::Complex if self.itemsize == 24 => 4,
            Kind::Complex => self.itemsize / 2,
            Kind::Float if self.itemsize == 12 => 4,
            Kind::String => 8,
            _ => self.itemsize,
        }
    }

    /// The same dtype in the other byte order, or itself where it has none.
    pub const fn swapped(self) -> Self {
        let byte_order = match self.byte_order {
            byte_order if matches!(self.kind, Kind::Void) => byte_order,
            ByteOrder::Little => ByteOrder::Big,
            ByteOrder::Big => ByteOrder::Little,
            ByteOrder::NotApplicable => ByteOrder::NotApplicable,
        };
        Self { byte_order, ..self }
    }
}
