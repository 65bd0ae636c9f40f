//! From the elements of one dtype to those of another, by moving, swapping and checking bytes.

use std::borrow::Cow;

use super::swap::swap_in_place;
use super::valid::{Invalid, Rule};
use crate::dtype::{DType, Field, Kind, Scalar, Structured};

/// What turns the elements of a file into those of a Rust type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conversion {
    /// Bytes of one element in the file, and in memory.
    sizes: (usize, usize),
    plan: Plan,
    /// What must be checked in each element in memory.
    checks: Vec<Check>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Plan {
    /// The bytes are the same.
    Copy,
    /// The bytes are the same but for their order within runs of this width.
    Swap(usize),
    /// Each element is put together from parts.
    Gather(Vec<Part>),
}

/// Bytes of an element that move together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    from: usize,
    to: usize,
    len: usize,
    /// The width of the runs that are reversed; 1 where none is.
    swap: usize,
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
        let mut builder = Builder { parts: Vec::new(), checks: Vec::new() };
        builder.pair(file, memory, 0, 0, "")?;
        let sizes = (file.itemsize(), memory.itemsize());
        Ok(Self { sizes, plan: plan(builder.parts, sizes), checks: builder.checks })
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
        self.checks.is_empty()
    }

    /// Bytes of one element in the file.
    pub(crate) fn file_size(&self) -> usize {
        self.sizes.0
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
        match &self.plan {
            Plan::Copy | Plan::Swap(_) => {
                memory.copy_from_slice(file);
                return self.convert_in_place(memory);
            }
            Plan::Gather(parts) => {
                let (file_size, memory_size) = (self.sizes.0.max(1), self.sizes.1.max(1));
                for part in parts {
                    let elements = file.chunks_exact(file_size).zip(memory.chunks_exact_mut(memory_size));
                    for (from, to) in elements {
                        let to = &mut to[part.to..part.to + part.len];
                        to.copy_from_slice(&from[part.from..part.from + part.len]);
                        swap_in_place(to, part.swap);
                    }
                }
            }
        }
        self.check(memory)
    }

    /// Checks elements in memory.
    pub(crate) fn check(&self, bytes: &[u8]) -> Result<(), Invalid> {
        let size = self.sizes.1;
        for check in &self.checks {
            if check.len == size {
                check.rule.check(bytes)?;
                continue;
            }
            for (index, element) in bytes.chunks_exact(size).enumerate() {
                check
                    .rule
                    .check(&element[check.offset..check.offset + check.len])
                    .map_err(|invalid| Invalid { at: index * size + check.offset + invalid.at, ..invalid })?;
            }
        }
        Ok(())
    }
}

/// The simplest plan that moves these parts.
fn plan(parts: Vec<Part>, sizes: (usize, usize)) -> Plan {
    let parts = merged(parts);
    let same_places = sizes.0 == sizes.1 && parts.iter().all(|part| part.from == part.to);
    if same_places && parts.iter().all(|part| part.swap == 1) {
        return Plan::Copy;
    }
    match parts.as_slice() {
        [part] if same_places && part.len == sizes.0 => Plan::Swap(part.swap),
        _ => Plan::Gather(parts),
    }
}

/// Parts that lie side by side in both, as one.
fn merged(parts: Vec<Part>) -> Vec<Part> {
    let mut merged: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts {
        match merged.last_mut() {
            Some(last)
                if last.swap == part.swap
                    && last.from + last.len == part.from
                    && last.to + last.len == part.to =>
            {
                last.len += part.len;
            }
            _ => merged.push(part),
        }
    }
    merged
}

struct Builder {
    parts: Vec<Part>,
    checks: Vec<Check>,
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
        match (file, memory) {
            (DType::Scalar(file), DType::Scalar(memory)) if fits(file, memory) => {
                self.scalars(file, memory, 1, from, to);
                Ok(())
            }
            (DType::Subarray(file), DType::Subarray(memory)) => {
                // Subarrays of subarrays lie in memory as one with the axes of all.
                let ((axes, file), (wanted_axes, memory)) = (file.flattened(), memory.flattened());
                let count = axes.iter().product();
                match (file, memory) {
                    _ if axes != wanted_axes => mismatch(file, memory, path),
                    (DType::Scalar(file), DType::Scalar(memory)) if fits(file, memory) => {
                        self.scalars(file, memory, count, from, to);
                        Ok(())
                    }
                    (file, memory) => (0..count).try_for_each(|item| {
                        let (from, to) = (from + item * file.itemsize(), to + item * memory.itemsize());
                        self.pair(file, memory, from, to, path)
                    }),
                }
            }
            (DType::Structured(file), DType::Scalar(memory))
                if file.scalar().is_some_and(|file| fits(file, memory)) =>
            {
                file.scalar().into_iter().for_each(|file| self.scalars(file, memory, 1, from, to));
                Ok(())
            }
            (DType::Structured(file), DType::Structured(memory)) => {
                self.records(file, memory, from, to, path)
            }
            _ => mismatch(file, memory, path),
        }
    }

    fn scalars(&mut self, file: &Scalar, memory: &Scalar, count: usize, from: usize, to: usize) {
        let len = file.itemsize() * count;
        if len == 0 {
            return;
        }
        let swap = if file.byte_order() == memory.byte_order() { 1 } else { file.swap_width() };
        self.parts.push(Part { from, to, len, swap });
        let rule = match memory.kind() {
            Kind::Bool => Rule::Bool,
            Kind::Unicode => Rule::CodeUnit,
            _ => return,
        };
        self.checks.push(Check { offset: to, len, rule });
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
            return Err(Incompatible::Field(format!("it has no field '{}'", within(extra))));
        }
        for wanted in memory.fields() {
            let Some(found) = file.field(wanted.name()) else {
                return Err(Incompatible::Field(format!(
                    "field '{}' is missing in the file",
                    within(wanted)
                )));
            };
            self.pair(
                found.dtype(),
                wanted.dtype(),
                from + found.offset(),
                to + wanted.offset(),
                &within(wanted),
            )?;
        }
        Ok(())
    }
}

/// Two dtypes that differ, of a field where `path` names one.
fn mismatch(file: &DType, memory: &DType, path: &str) -> Result<(), Incompatible> {
    if path.is_empty() {
        return Err(Incompatible::DType);
    }
    Err(Incompatible::Field(format!("field '{path}' is {}, expected {}", Brief(file), Brief(memory))))
}

/// Whether a scalar of the file becomes one of memory by moving and swapping its bytes.
fn fits(file: &Scalar, memory: &Scalar) -> bool {
    let same_kind = match (file.kind(), memory.kind()) {
        (Kind::Object | Kind::String, _) => false,
        // A memory dtype without a unit takes the count of any.
        (Kind::DateTime64(_), Kind::DateTime64(unit)) | (Kind::TimeDelta64(_), Kind::TimeDelta64(unit))
            if unit == crate::dtype::TimeUnit::GENERIC =>
        {
            true
        }
        (file, memory) => file == memory,
    };
    same_kind && file.itemsize() == memory.itemsize()
}

/// A dtype in an error about a field.
struct Brief<'a>(&'a DType);

impl std::fmt::Display for Brief<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self.0.descr().map_or(Cow::Borrowed("a record"), Cow::Owned);
        f.write_str(&text)
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
        assert_eq!(field(&record(&[("a", 0, "<f4")], 4)), "it has no field 'b'");
        let more = record(&[("a", 0, "<f4"), ("b", 4, "<f4"), ("c", 8, "<f4")], 12);
        assert_eq!(field(&more), "field 'c' is missing in the file");
        let other = record(&[("a", 0, "<f4"), ("b", 4, "<i4")], 8);
        assert_eq!(field(&other), "field 'b' is '<f4', expected '<i4'");
    }

    #[test]
    fn subarrays_of_numbers_are_one_part() {
        let array = |text: &str| DType::Subarray(Subarray::new(dtype(text), [2, 3]).unwrap());
        assert_eq!(Conversion::new(&array(">i2"), &array("<i2")).unwrap().plan, Plan::Swap(2));
        assert_eq!(Conversion::new(&array(">i2"), &dtype("<i2")), Err(Incompatible::DType));
    }
}
