//! Headers: read as NumPy reads them, written as it writes them.

use npymap::{Header, Order};

use crate::manifest::{entries, tuple};

#[test]
fn headers_are_read_as_numpy_reads_them() {
    for entry in ["numpy-1.26", "numpy-2.4", "crafted"].into_iter().flat_map(entries) {
        let path = entry.path.display();
        let content = std::fs::read(&entry.path).unwrap();
        let (header, data_offset) =
            Header::parse(&content[entry.start..]).unwrap_or_else(|error| panic!("{path}: {error}"));
        let order = match header.order {
            Order::C => "C",
            Order::F => "F",
        };
        assert_eq!(order, entry.order, "{path}");
        assert_eq!(tuple(&header.shape), entry.shape, "{path}");
        assert_eq!(entry.start + data_offset as usize, entry.data_offset, "{path}");
        assert_eq!(header.dtype.itemsize(), entry.itemsize, "{path}");
        // NumPy names dtypes of the other order by their characters, and which is the other is told by the machine.
        if cfg!(target_endian = "little") {
            assert_eq!(header.dtype.to_string(), entry.dtype, "{path}");
        }
        assert_eq!(header.dtype.descr().unwrap(), entry.descr, "{path}");
        assert_eq!(header.dtype.has_object(), entry.data.is_none(), "{path}");
    }
}

#[test]
fn headers_are_written_as_numpy_writes_them() {
    let mut canonical = 0;
    for entry in ["numpy-1.26", "numpy-2.4"].into_iter().flat_map(entries).filter(|entry| entry.canonical) {
        let content = std::fs::read(&entry.path).unwrap();
        let (header, _) = Header::parse(&content[entry.start..]).unwrap();
        let written = header.encode();
        assert_eq!(
            written.escape_ascii().to_string(),
            content[entry.start..entry.data_offset].escape_ascii().to_string(),
            "{}",
            entry.path.display()
        );
        canonical += 1;
    }
    assert!(canonical > 300, "{canonical} headers only");
}
