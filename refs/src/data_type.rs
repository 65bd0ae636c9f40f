//! NumPy's dtypes as Zarr's data types.
//!
//! A Zarr array has one byte order, which its `bytes` codec names, and records without padding, whose fields stand in
//! the order of their names. What is something else is refused: zarr-python would take it for what it is not.
//!
//! Source: zarr-python 3.4, `zarr/core/dtype/npy`, `zarr/codecs/bytes.py`; zarr-extensions, `data-types`.

use npymap::{ByteOrder, DType, Kind, Scalar, Structured, TimeUnit, Unit};

use crate::error::{Error, Result};
use crate::json;

/// The longest run of raw bytes: the metadata hold a fill value of the same length.
const MAX_RAW: usize = 64 << 10;

/// What Zarr's metadata say of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DataType {
    /// The JSON of `data_type`.
    pub(crate) name: String,
    /// The JSON of `fill_value`; no chunk is missing, so that it stands for nothing.
    pub(crate) fill_value: String,
    /// What the `bytes` codec says, where any number has more than one byte.
    pub(crate) endian: Option<Endian>,
    /// Bytes of one element.
    pub(crate) itemsize: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endian {
    Little,
    Big,
}

impl Endian {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Little => "little",
            Self::Big => "big",
        }
    }
}

/// The Zarr data type that reads as `dtype` does, or why there is none.
pub(crate) fn of(dtype: &DType) -> Result<DataType> {
    let mut translation = Translation::default();
    let (name, fill_value) = translation.dtype(dtype)?;
    let endian = match dtype {
        // zarr-python asks for it where any field has more than one byte, though text and raw bytes have no order.
        DType::Structured(_) => translation.endian.or(Some(Endian::Little)),
        _ => translation.endian,
    };
    Ok(DataType { name, fill_value, endian, itemsize: dtype.itemsize() as u64 })
}

/// One dtype on its way.
#[derive(Default)]
struct Translation<'a> {
    /// The byte order of the numbers so far, and the field that has it.
    endian: Option<Endian>,
    /// The fields that lead to where it is.
    path: Vec<&'a str>,
}

/// The JSON of a data type, and that of its fill value.
type Json = (String, String);

impl<'a> Translation<'a> {
    fn refused<T>(&self, found: impl Into<String>, way_out: &'static str) -> Result<T> {
        Err(Error::DType { field: self.path.join("."), found: found.into(), way_out })
    }

    fn dtype(&mut self, dtype: &'a DType) -> Result<Json> {
        match dtype {
            DType::Scalar(scalar) => self.scalar(scalar),
            DType::Structured(record) => self.record(record),
            _ if self.path.is_empty() => self.refused(
                format!("the subarray dtype {dtype}"),
                "save the array with the axes of the subarray as its own",
            ),
            _ => self.refused(
                format!("the subarray {dtype} in a record"),
                "save the field as an array of its own",
            ),
        }
    }

    fn scalar(&mut self, scalar: &Scalar) -> Result<Json> {
        let dtype = DType::from(*scalar);
        let itemsize = scalar.itemsize();
        if itemsize == 0 {
            return self
                .refused(format!("elements of no bytes, {}", shown(&dtype)), "save them with a length");
        }
        let bits = |name: &str| json::text(&format!("{name}{}", itemsize * 8));
        let length =
            |name: &str| format!("{{\"name\":\"{name}\",\"configuration\":{{\"length_bytes\":{itemsize}}}}}");
        let zero = "0".to_string();
        let empty = "\"\"".to_string();
        let json = match scalar.kind() {
            Kind::Bool => ("\"bool\"".to_string(), "false".to_string()),
            Kind::Int => (bits("int"), zero),
            Kind::Uint => (bits("uint"), zero),
            Kind::Float if itemsize <= 8 => (bits("float"), "0.0".to_string()),
            Kind::Complex if itemsize <= 16 => (bits("complex"), "[0.0,0.0]".to_string()),
            Kind::Float | Kind::Complex => {
                return self.refused(
                    format!("the long double {}", shown(&dtype)),
                    "convert it to float64 or complex128",
                );
            }
            Kind::Bytes => (length("null_terminated_bytes"), empty),
            Kind::Unicode => (length("fixed_length_utf32"), empty),
            Kind::Void => {
                // NumPy alone cannot read it either.
                if shown(&dtype).contains("f1") {
                    return self.refused("float8_e5m2 of ml_dtypes", "save it as uint8, by a view");
                }
                return self.raw(itemsize);
            }
            Kind::DateTime64(unit) => self.time("numpy.datetime64", unit)?,
            Kind::TimeDelta64(unit) => self.time("numpy.timedelta64", unit)?,
            _ => {
                return self.refused(
                    "Python objects, which are pickled",
                    "save them as numbers or text of a fixed length",
                );
            }
        };
        self.order(scalar)?;
        Ok(json)
    }

    /// Raw bytes, or padding.
    fn raw(&self, len: usize) -> Result<Json> {
        if len > MAX_RAW {
            return self.refused(format!("{len} raw bytes as one element"), "save them as an array of uint8");
        }
        let name = format!("{{\"name\":\"raw_bytes\",\"configuration\":{{\"length_bytes\":{len}}}}}");
        Ok((name, json::text(&json::base64(&vec![0; len]))))
    }

    fn time(&self, name: &str, unit: TimeUnit) -> Result<Json> {
        let multiple = unit.multiple();
        // NumPy takes both, and shows neither in the dtype of what it reads.
        if multiple < 1 || (unit.unit() == Unit::Generic && multiple != 1) {
            return self.refused(
                format!("times that count {multiple} {}", unit.unit().as_str()),
                "save them with a unit",
            );
        }
        let configuration = format!("{{\"unit\":\"{}\",\"scale_factor\":{multiple}}}", unit.unit().as_str());
        let name = format!("{{\"name\":\"{name}\",\"configuration\":{configuration}}}");
        // NaT, as zarr-python writes it.
        Ok((name, i64::MIN.to_string()))
    }

    /// Takes in the byte order of a number: one array has one.
    fn order(&mut self, scalar: &Scalar) -> Result<()> {
        let endian = match scalar.byte_order() {
            ByteOrder::Little => Endian::Little,
            ByteOrder::Big => Endian::Big,
            ByteOrder::NotApplicable => return Ok(()),
        };
        if self.endian.is_some_and(|before| before != endian) {
            return self.refused(
                format!("{}-endian numbers among {}-endian ones", endian.as_str(), other(endian).as_str()),
                "save all fields in one byte order",
            );
        }
        self.endian = Some(endian);
        Ok(())
    }

    fn record(&mut self, record: &'a Structured) -> Result<Json> {
        if let Some(scalar) = record.scalar() {
            let text = format!("fields over the number {}", shown(&DType::from(*scalar)));
            return self.refused(text, "save the fields or the number alone");
        }
        if record.fields().is_empty() {
            return self.refused("records without a field", "save the array without them");
        }
        let mut fields = Members::new(record);
        let mut end = 0usize;
        for field in record.fields() {
            self.path.push(field.name());
            if field.name().is_empty() {
                return self.refused("a field without a name", "give it one");
            }
            if field.title().is_some() {
                return self
                    .refused("a field with a title, which would be lost", "save it without the title");
            }
            match field.offset().checked_sub(end) {
                None => {
                    return self.refused(
                        format!(
                            "a field at byte {} that overlaps another, or stands before it",
                            field.offset()
                        ),
                        "save the fields one after the other",
                    );
                }
                Some(0) => {}
                Some(len) => fields.pad(self.raw(len)?),
            }
            fields.push(field.name(), self.dtype(field.dtype())?);
            end = field.offset().saturating_add(field.dtype().itemsize());
            self.path.pop();
        }
        if let Some(len) = record.itemsize().checked_sub(end).filter(|&len| len > 0) {
            fields.pad(self.raw(len)?);
        }
        Ok(fields.finish())
    }
}

fn other(endian: Endian) -> Endian {
    match endian {
        Endian::Little => Endian::Big,
        Endian::Big => Endian::Little,
    }
}

/// A dtype as a header has it.
fn shown(dtype: &DType) -> String {
    dtype.descr().unwrap_or_else(|_| dtype.to_string())
}

/// The fields of a record, padding included.
struct Members<'a> {
    taken: std::collections::HashSet<&'a str>,
    names: Vec<String>,
    fills: Vec<String>,
    pads: usize,
}

impl<'a> Members<'a> {
    fn new(record: &'a Structured) -> Self {
        let taken = record.fields().iter().map(npymap::Field::name).collect();
        Self { taken, names: Vec::new(), fills: Vec::new(), pads: 0 }
    }

    fn push(&mut self, name: &str, (data_type, fill): Json) {
        let name = json::text(name);
        self.names.push(format!("{{\"name\":{name},\"data_type\":{data_type}}}"));
        self.fills.push(format!("{name}:{fill}"));
    }

    /// Padding is a field of raw bytes, by a name that no field has: Zarr's records have no gaps.
    fn pad(&mut self, json: Json) {
        let name = loop {
            let name = format!("_pad{}", self.pads);
            self.pads += 1;
            if !self.taken.contains(name.as_str()) {
                break name;
            }
        };
        self.push(&name, json);
    }

    fn finish(self) -> Json {
        let fields = self.names.join(",");
        let name = format!("{{\"name\":\"struct\",\"configuration\":{{\"fields\":[{fields}]}}}}");
        (name, format!("{{{}}}", self.fills.join(",")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_text(descr: &str) -> std::result::Result<DataType, String> {
        let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (1,), }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        let (header, _) = npymap::Header::parse(&bytes).unwrap();
        of(&header.dtype).map_err(|error| error.to_string())
    }

    #[test]
    fn scalars_have_zarrs_names() {
        let float = of_text("'>f8'").unwrap();
        assert_eq!(float.name, "\"float64\"");
        assert_eq!((float.endian, float.itemsize), (Some(Endian::Big), 8));
        assert_eq!(of_text("'|b1'").unwrap().endian, None);
        assert_eq!(of_text("'<c8'").unwrap().fill_value, "[0.0,0.0]");
        let text = of_text("'<U3'").unwrap();
        assert_eq!(text.name, r#"{"name":"fixed_length_utf32","configuration":{"length_bytes":12}}"#);
        let time = of_text("'<M8[25s]'").unwrap();
        assert_eq!(
            time.name,
            r#"{"name":"numpy.datetime64","configuration":{"unit":"s","scale_factor":25}}"#
        );
        assert_eq!(of_text("'|V3'").unwrap().fill_value, "\"AAAA\"");
    }

    #[test]
    fn padding_becomes_a_field() {
        let record =
            of_text("[('_pad0', '>i2'), ('', '|V6'), ('x', '>f8'), ('y', '|u1'), ('', '|V7')]").unwrap();
        assert_eq!(
            record.name,
            "{\"name\":\"struct\",\"configuration\":{\"fields\":[\
             {\"name\":\"_pad0\",\"data_type\":\"int16\"},\
             {\"name\":\"_pad1\",\"data_type\":{\"name\":\"raw_bytes\",\"configuration\":{\"length_bytes\":6}}},\
             {\"name\":\"x\",\"data_type\":\"float64\"},{\"name\":\"y\",\"data_type\":\"uint8\"},\
             {\"name\":\"_pad2\",\"data_type\":{\"name\":\"raw_bytes\",\"configuration\":{\"length_bytes\":7}}}]}}"
        );
        assert_eq!((record.endian, record.itemsize), (Some(Endian::Big), 24));
        assert_eq!(
            record.fill_value,
            r#"{"_pad0":0,"_pad1":"AAAAAAAA","x":0.0,"y":0,"_pad2":"AAAAAAAAAA=="}"#
        );
    }

    #[test]
    fn what_zarr_would_read_otherwise_is_refused() {
        let refused = [
            (
                "'|O'",
                "Zarr readers cannot read Python objects, which are pickled; save them as numbers or text of a fixed length",
            ),
            (
                "'<f16'",
                "Zarr readers cannot read the long double '<f16'; convert it to float64 or complex128",
            ),
            ("'<S0'", "Zarr readers cannot read elements of no bytes, '|S0'; save them with a length"),
            (
                "[('a', '<i4'), ('b', [('c', '>i4')])]",
                "field 'b.c': Zarr readers cannot read big-endian numbers among little-endian ones; save all fields in one byte order",
            ),
            (
                "[('a', '<i4', (2,))]",
                "field 'a': Zarr readers cannot read the subarray ('<i4', (2,)) in a record; save the field as an array of its own",
            ),
            (
                "[(('title', 'a'), '<i4')]",
                "field 'a': Zarr readers cannot read a field with a title, which would be lost; save it without the title",
            ),
        ];
        for (descr, expected) in refused {
            assert_eq!(of_text(descr).unwrap_err(), expected, "{descr}");
        }
    }

    #[test]
    fn fields_that_overlap_are_refused() {
        let field = |name, offset| npymap::Field::new(name, offset, DType::of::<u32>());
        let overlap = Structured::new(vec![field("a", 0), field("b", 2)], 8).unwrap();
        let text = of(&overlap.into()).unwrap_err().to_string();
        assert!(
            text.starts_with("field 'b': Zarr readers cannot read a field at byte 2 that overlaps"),
            "{text}"
        );
        let backwards = Structured::new(vec![field("a", 4), field("b", 0)], 8).unwrap();
        assert!(of(&backwards.into()).is_err());
    }
}
