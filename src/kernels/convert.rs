//! From the elements of one dtype to those of another, by moving, swapping and checking bytes.

use super::few::Few;
use super::gather::{Part, gather};
use super::swap::swap_in_place;
use super::valid::{Invalid, Rule};
use crate::dtype::{DType, Field, Kind, Scalar, Structured};
use crate::literal::repr_str;

/// What turns the elements of a file into those of a Rust type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conversion {
    /// Bytes of one element in the file, and in memory.
    sizes: (usize, usize),
    plan: Plan,
    /// What moves, from the file to memory.
    parts: Few<Part>,
    /// What must be checked in each element in memory.
    checks: Few<Check>,
    /// Whether a text or long double is wider in memory than in the file.
    pads: bool,
    /// Whether fields of the file are left out.
    skips: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// The bytes are the same.
    Copy,
    /// The bytes are the same but for their order within runs of this width.
    Swap(usize),
    /// Each element is put together from parts.
    Gather,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Check {
    offset: usize,
    len: usize,
    rule: Rule,
}

/// Why one dtype does not become another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Incompatible {
    /// The dtypes differ.
    DType,
    /// A field differs, is missing or is one too many.
    Field(String),
}

impl Conversion {
    /// From elements of `file` to elements of `memory`, in whose native byte order checks are made.
    pub(crate) fn new(file: &DType, memory: &DType) -> Result<Self, Incompatible> {
        let mut builder = Builder { parts: Few::NONE, checks: Few::NONE, pads: false, skips: false };
        builder.pair(file, memory, 0, 0, "")?;
        let sizes = (file.itemsize(), memory.itemsize());
        let Builder { parts, checks, pads, skips } = builder;
        Ok(Self { sizes, plan: plan(parts.as_slice(), sizes, pads), parts, checks, pads, skips })
    }

    /// Whether the file's bytes are the elements' own.
    pub(crate) fn is_copy(&self) -> bool {
        self.plan == Plan::Copy
    }

    /// Whether the elements can be made where the file's bytes stand.
    pub(crate) fn is_in_place(&self) -> bool {
        matches!(self.plan, Plan::Copy | Plan::Swap(_))
    }

    /// Whether nothing has to be checked.
    pub(crate) fn is_unchecked(&self) -> bool {
        self.checks.as_slice().is_empty()
    }

    /// Whether a text or long double is wider in memory than in the file.
    pub(crate) fn pads(&self) -> bool {
        self.pads
    }

    /// Whether fields of the file are left out.
    pub(crate) fn skips(&self) -> bool {
        self.skips
    }

    /// Bytes of one element in the file.
    pub(crate) fn file_size(&self) -> usize {
        self.sizes.0
    }

    /// Bytes of one element in memory.
    pub(crate) fn memory_size(&self) -> usize {
        self.sizes.1
    }

    /// Where in an element of the file the byte or code unit stands that comes to `at` in memory.
    pub(crate) fn file_offset(&self, at: usize) -> usize {
        let part = self.parts.as_slice().iter().find(|part| (part.to..part.to + part.len).contains(&at));
        part.map_or(at, |part| part.from + (at - part.to))
    }

    /// The way back, of elements in memory to those of a file; `None` where something would be lost.
    pub(super) fn backward(mut self) -> Option<(Few<Part>, (usize, usize))> {
        for part in self.parts.as_mut_slice() {
            std::mem::swap(&mut part.from, &mut part.to);
        }
        let lossless = !self.pads && !self.skips;
        lossless.then_some((self.parts, (self.sizes.1, self.sizes.0)))
    }

    /// Makes elements where the file's bytes stand, and checks them. Only for conversions in place.
    pub(crate) fn convert_in_place(&self, bytes: &mut [u8]) -> Result<(), Invalid> {
        if let Plan::Swap(width) = self.plan {
            swap_in_place(bytes, width);
        }
        self.check(bytes)
    }

    /// Makes elements of the file's bytes in memory of its own, and checks them.
    pub(crate) fn convert(&self, file: &[u8], memory: &mut [u8]) -> Result<(), Invalid> {
        if self.is_in_place() {
            memory.copy_from_slice(file);
            return self.convert_in_place(memory);
        }
        if self.pads {
            memory.fill(0);
        }
        gather(self.parts.as_slice(), self.sizes, file, memory);
        self.check(memory)
    }

    /// Checks elements in memory.
    pub(crate) fn check(&self, bytes: &[u8]) -> Result<(), Invalid> {
        self.check_within(bytes, self.sizes.1, 0)
    }

    /// Checks an element that starts `offset` bytes from the start of each record of `size` bytes.
    pub(crate) fn check_within(&self, bytes: &[u8], size: usize, offset: usize) -> Result<(), Invalid> {
        self.checks
            .as_slice()
            .iter()
            .try_for_each(|check| check.rule.check_within(bytes, size, offset + check.offset, check.len))
    }
}

/// The simplest plan that moves these parts.
fn plan(parts: &[Part], sizes: (usize, usize), pads: bool) -> Plan {
    let same_places = sizes.0 == sizes.1 && !pads && parts.iter().all(|part| part.from == part.to);
    if same_places && parts.iter().all(|part| part.swap == 1) {
        return Plan::Copy;
    }
    match parts {
        [part] if same_places && part.len == sizes.0 => Plan::Swap(part.swap),
        _ => Plan::Gather,
    }
}

struct Builder {
    parts: Few<Part>,
    checks: Few<Check>,
    pads: bool,
    skips: bool,
}

impl Builder {
    /// Adds what turns `file` at `from` into `memory` at `to`; `path` names the field, if it is one.
    fn pair(
        &mut self,
        file: &DType,
        memory: &DType,
        from: usize,
        to: usize,
        path: &str,
    ) -> Result<(), Incompatible> {
        // Subarrays of subarrays lie in memory as one with the axes of all.
        let ((axes, file_item), (wanted_axes, item)) = (file.flattened(), memory.flattened());
        if axes != wanted_axes {
            // Raw bytes take an axis of single bytes.
            return match (file_item, item) {
                (DType::Scalar(bytes), DType::Scalar(raw))
                    if bytes.is_byte()
                        && raw.is_raw()
                        && axes.split_last() == Some((&raw.itemsize(), &wanted_axes)) =>
                {
                    self.scalars(bytes, bytes, axes.iter().product(), from, to);
                    Ok(())
                }
                _ => mismatch(file, memory, path),
            };
        }
        let count = axes.iter().product();
        match (file_item, item) {
            (DType::Scalar(file), DType::Scalar(memory)) if fits(file, memory) => {
                self.scalars(file, memory, count, from, to);
                Ok(())
            }
            (DType::Structured(file), DType::Scalar(memory))
                if file.scalar().is_some_and(|file| fits(file, memory)) =>
            {
                file.scalar().into_iter().for_each(|file| self.scalars(file, memory, count, from, to));
                Ok(())
            }
            (DType::Structured(file), DType::Structured(memory)) => {
                // Items without bytes are all alike.
                let bytes = file.itemsize() + memory.itemsize() > 0;
                (0..if bytes { count } else { count.min(1) }).try_for_each(|item| {
                    let (from, to) = (from + item * file.itemsize(), to + item * memory.itemsize());
                    self.records(file, memory, from, to, path)
                })
            }
            _ => mismatch(file, memory, path),
        }
    }

    fn scalars(&mut self, file: &Scalar, memory: &Scalar, count: usize, from: usize, to: usize) {
        let swap = if file.byte_order() == memory.byte_order() { 1 } else { file.swap_width() };
        let (file_size, size) = (file.itemsize(), memory.itemsize());
        if file_size == size {
            self.part(Part { from, to, len: size * count, swap });
        } else {
            // Text is padded at its end, complex numbers behind each part.
            let halves = if memory.kind() == Kind::Complex { 2 } else { 1 };
            let (count, file_size, size) = (count * halves, file_size / halves, size / halves);
            self.pads |= count > 0;
            for item in 0..if file_size == 0 { 0 } else { count } {
                self.part(Part { from: from + item * file_size, to: to + item * size, len: file_size, swap });
            }
        }
        let rule = match memory.kind() {
            Kind::Bool => Rule::Bool,
            Kind::Unicode => Rule::CodeUnit,
            _ => return,
        };
        if size * count > 0 {
            self.checks.push(Check { offset: to, len: size * count, rule });
        }
    }

    /// Adds a part, to the last one where they lie side by side in both.
    fn part(&mut self, part: Part) {
        match self.parts.as_mut_slice().last_mut() {
            _ if part.len == 0 => {}
            Some(last)
                if last.swap == part.swap
                    && last.from + last.len == part.from
                    && last.to + last.len == part.to =>
            {
                last.len += part.len;
            }
            _ => self.parts.push(part),
        }
    }

    fn records(
        &mut self,
        file: &Structured,
        memory: &Structured,
        from: usize,
        to: usize,
        path: &str,
    ) -> Result<(), Incompatible> {
        let within = |field: &Field| match path {
            "" => field.name().to_string(),
            path => format!("{path}.{}", field.name()),
        };
        if let Some(extra) = file.fields().iter().find(|field| memory.field(field.name()).is_none()) {
            if !memory.is_subset() {
                let extra = repr_str(&within(extra));
                let text = format!("it has no field {extra}; #[npy(subset)] leaves it out");
                return Err(Incompatible::Field(text));
            }
            self.skips = true;
        }
        for wanted in memory.fields() {
            let path = within(wanted);
            let Some(found) = file.field(wanted.name()) else {
                return Err(Incompatible::Field(format!("field {} is missing in the file", repr_str(&path))));
            };
            let (from, to) = (from + found.offset(), to + wanted.offset());
            self.pair(found.dtype(), wanted.dtype(), from, to, &path)?;
        }
        Ok(())
    }
}

/// Two dtypes that differ, of a field where `path` names one.
fn mismatch(file: &DType, memory: &DType, path: &str) -> Result<(), Incompatible> {
    if path.is_empty() {
        return Err(Incompatible::DType);
    }
    let (path, found, expected) = (repr_str(path), file.field_descr(), memory.expected());
    Err(Incompatible::Field(format!("field {path} is {found}, expected {expected}")))
}

/// Whether a scalar of the file becomes one of memory by moving, swapping and padding its bytes.
fn fits(file: &Scalar, memory: &Scalar) -> bool {
    match (file.kind(), memory.kind()) {
        (Kind::Object | Kind::String, _) => false,
        // A memory dtype without a unit takes the count of any.
        (Kind::DateTime64(_), Kind::DateTime64(unit)) | (Kind::TimeDelta64(_), Kind::TimeDelta64(unit))
            if unit == crate::dtype::TimeUnit::GENERIC =>
        {
            true
        }
        (Kind::Bytes, Kind::Bytes) | (Kind::Unicode, Kind::Unicode) => file.itemsize() <= memory.itemsize(),
        // The long doubles of 32-bit systems have the same ten bytes, and less padding behind them.
        (Kind::Float, Kind::Float) if file.itemsize() == 12 => matches!(memory.itemsize(), 12 | 16),
        (Kind::Complex, Kind::Complex) if file.itemsize() == 24 => matches!(memory.itemsize(), 24 | 32),
        (found, wanted) => found == wanted && file.itemsize() == memory.itemsize(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::Subarray;

    fn dtype(text: &str) -> DType {
        text.parse().unwrap()
    }

    fn record(fields: &[(&str, usize, &str)], itemsize: usize) -> DType {
        let fields =
            fields.iter().map(|&(name, offset, text)| Field::new(name, offset, dtype(text))).collect();
        DType::Structured(Structured::new(fields, itemsize).unwrap())
    }

    #[test]
    fn the_simplest_plan_is_chosen() {
        let plan = |file: &str, memory: &str| Conversion::new(&dtype(file), &dtype(memory)).map(|c| c.plan);
        assert_eq!(plan("<f8", "<f8"), Ok(Plan::Copy));
        assert_eq!(plan(">f8", "<f8"), Ok(Plan::Swap(8)));
        assert_eq!(plan(">c16", "<c16"), Ok(Plan::Swap(8)));
        assert_eq!(plan(">U3", "<U3"), Ok(Plan::Swap(4)));
        assert_eq!(plan("<f8", "<i8"), Err(Incompatible::DType));
        assert_eq!(plan("O", "O"), Err(Incompatible::DType));
        assert_eq!(plan("<M8[s]", "<M8"), Ok(Plan::Copy));
        assert_eq!(plan("<M8[s]", "<M8[ms]"), Err(Incompatible::DType));
        assert_eq!(plan("S3", "S5"), Ok(Plan::Gather));
        assert_eq!(plan("S5", "S3"), Err(Incompatible::DType));
    }

    #[test]
    fn records_are_gathered_by_name() {
        let file = record(&[("b", 0, ">i2"), ("a", 2, "|b1")], 3);
        let memory = record(&[("a", 0, "|b1"), ("b", 2, "<i2")], 4);
        let conversion = Conversion::new(&file, &memory).unwrap();
        assert!(!conversion.is_in_place());
        let mut bytes = [0; 8];
        conversion.convert(&[1, 2, 1, 3, 4, 0], &mut bytes).unwrap();
        assert_eq!(bytes, [1, 0, 2, 1, 0, 0, 4, 3]);
        let invalid = conversion.convert(&[1, 2, 1, 3, 4, 5], &mut bytes).unwrap_err();
        assert_eq!((invalid.at, invalid.found.as_str()), (4, "0x05"));
    }

    #[test]
    fn the_same_layout_with_padding_is_a_copy() {
        let padded = record(&[("a", 0, "|u1"), ("b", 4, "<f4")], 8);
        assert!(Conversion::new(&padded, &padded).unwrap().is_copy());
    }

    #[test]
    fn fields_that_do_not_match_are_named() {
        let file = record(&[("a", 0, "<f4"), ("b", 4, "<f4")], 8);
        let field = |memory: &DType| match Conversion::new(&file, memory) {
            Err(Incompatible::Field(text)) => text,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            field(&record(&[("a", 0, "<f4")], 4)),
            "it has no field 'b'; #[npy(subset)] leaves it out"
        );
        let more = record(&[("a", 0, "<f4"), ("b", 4, "<f4"), ("c", 8, "<f4")], 12);
        assert_eq!(field(&more), "field 'c' is missing in the file");
        let other = record(&[("a", 0, "<f4"), ("b", 4, "<i4")], 8);
        assert_eq!(field(&other), "field 'b' is '<f4', expected '<i4' or '>i4'");
    }

    #[test]
    fn subarrays_of_numbers_are_one_part() {
        let array = |text: &str| DType::Subarray(Subarray::new(dtype(text), [2, 3]).unwrap());
        assert_eq!(Conversion::new(&array(">i2"), &array("<i2")).unwrap().plan, Plan::Swap(2));
        assert_eq!(Conversion::new(&array(">i2"), &dtype("<i2")), Err(Incompatible::DType));
        let raw = DType::Subarray(Subarray::new(dtype("V3"), [2]).unwrap());
        assert_eq!(Conversion::new(&array("u1"), &raw).unwrap().plan, Plan::Copy);
        assert_eq!(Conversion::new(&array("i1"), &raw), Err(Incompatible::DType));
        assert_eq!(Conversion::new(&array("u1"), &dtype("V6")), Err(Incompatible::DType));
    }

    #[test]
    fn narrow_texts_are_padded() {
        let array = |text: &str| DType::Subarray(Subarray::new(dtype(text), [2]).unwrap());
        let conversion = Conversion::new(&array("S1"), &array("S3")).unwrap();
        let mut memory = [9; 12];
        conversion.convert(b"abcd", &mut memory).unwrap();
        assert_eq!(&memory, b"a\0\0b\0\0c\0\0d\0\0");
        assert_eq!(conversion.backward(), None);
    }

    #[test]
    fn a_subset_leaves_fields_out() {
        let file = record(&[("a", 0, "<i2"), ("b", 2, ">i2")], 4);
        let DType::Structured(memory) = record(&[("b", 0, "<i2")], 2) else { panic!() };
        assert!(Conversion::new(&file, &memory.clone().into()).is_err());
        let conversion = Conversion::new(&file, &memory.subset().into()).unwrap();
        assert!(conversion.skips());
        let mut bytes = [0; 4];
        conversion.convert(&[1, 2, 3, 4, 5, 6, 7, 8], &mut bytes).unwrap();
        assert_eq!(bytes, [4, 3, 8, 7]);
        assert_eq!(conversion.file_offset(1), 3);
    }
}
