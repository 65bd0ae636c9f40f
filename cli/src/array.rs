//! The elements of one array, as bytes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use npymap::{DType, FormatProblem, Header, NpyFile, Order, Strided, UnsupportedProblem};
use tempfile::SpooledTempFile;

use crate::boxes::{self, Boxes, Part};
use crate::failure::Failure;
use crate::progress::Progress;
use crate::{strided, text};

/// Bytes that are handed out at once, where an element is not larger.
pub(crate) const PIECE: usize = 1 << 20;
/// Bytes in memory of an array whose order is not that of its file.
pub(crate) const BOX: usize = 16 << 20;
/// Elements beyond this size are refused: they would have to be in memory whole.
const ELEMENT_MOST: usize = 16 << 20;
/// How far beyond an array its entry is read to come to the checksum. NumPy writes nothing there.
const TRAILING_MOST: u64 = 64 << 10;

/// One array, of which any part is read at need and no more.
pub(crate) struct Array<'a> {
    /// What to call it.
    pub(crate) name: String,
    /// What one element is; no subarray, whose axes are those of the array.
    pub(crate) dtype: DType,
    pub(crate) shape: Vec<usize>,
    pub(crate) order: Order,
    header: Header,
    view: Strided,
    bytes: Bytes<'a>,
    /// Bytes of the data that have been read from start to end.
    position: u64,
    progress: Progress,
}

/// Where the bytes come from.
pub(crate) enum Bytes<'a> {
    File(&'a NpyFile),
    Stored(&'a NpyFile<&'a File>),
    /// It stands at the start of the data.
    Stream(Box<dyn Read + 'a>),
    /// The data alone.
    Spooled(&'a mut SpooledTempFile),
}

impl<'a> Array<'a> {
    pub(crate) fn new(name: String, header: Header, bytes: Bytes<'a>) -> Result<Self, Failure> {
        if header.dtype.has_object() {
            let dtype = descr(&header.dtype);
            return Err(Failure::refused(name, UnsupportedProblem::Objects { dtype }.to_string()));
        }
        let (axes, dtype) = match &header.dtype {
            DType::Subarray(subarray) => subarray.flattened(),
            dtype => (Vec::new(), dtype),
        };
        if dtype.itemsize() > ELEMENT_MOST {
            let why = format!("elements of {} bytes are too large for this command", dtype.itemsize());
            return Err(Failure::refused(name, why));
        }
        let (dtype, shape) = (dtype.clone(), [header.shape.as_slice(), &axes].concat());
        let progress = Progress::new(&name, header.nbytes().unwrap_or_default() as u64);
        let (order, view) = (header.order, Strided::new(&header, 0).map_err(|error| error.at_path(&name))?);
        Ok(Self { name, dtype, shape, order, header, view, bytes, position: 0, progress })
    }

    /// Elements in all.
    pub(crate) fn len(&self) -> usize {
        self.shape.iter().product()
    }

    pub(crate) fn nbytes(&self) -> u64 {
        self.len() as u64 * self.dtype.itemsize() as u64
    }

    /// Elements that are handed out at once.
    pub(crate) fn piece_len(&self) -> usize {
        (PIECE / self.dtype.itemsize().max(1)).max(1)
    }

    /// Fills `bytes` with those that follow the ones that were read last.
    pub(crate) fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Failure> {
        match &mut self.bytes {
            Bytes::File(file) => file.read_bytes_at(self.position, bytes)?,
            Bytes::Stored(file) => file.read_bytes_at(self.position, bytes)?,
            Bytes::Stream(reader) => {
                let mut filled = 0;
                while filled < bytes.len() {
                    match reader.read(&mut bytes[filled..]) {
                        Ok(0) => return Err(self.truncated(self.position + filled as u64)),
                        Ok(read) => filled += read,
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => return Err(Failure::File(self.name.clone(), error)),
                    }
                }
            }
            Bytes::Spooled(file) => read_at(file, self.position, bytes, &self.name)?,
        }
        self.position += bytes.len() as u64;
        self.progress.add(bytes.len() as u64);
        Ok(())
    }

    /// Reads on to where an archive keeps the checksum of its entry.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        if let Bytes::Stream(reader) = &mut self.bytes {
            let read = io::copy(&mut reader.take(TRAILING_MOST), &mut io::sink());
            read.map_err(|error| Failure::File(self.name.clone(), error))?;
        }
        Ok(())
    }

    /// Calls `each` with the elements in the order of the file, some at a time, and the number of the first of them.
    pub(crate) fn scan(
        &mut self,
        mut each: impl FnMut(usize, &[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let size = self.dtype.itemsize();
        let (len, piece_len) = (self.len(), self.piece_len());
        if size > 0 {
            let mut piece = vec![0; piece_len.min(len) * size];
            for first in (0..len).step_by(piece_len) {
                let bytes = &mut piece[..piece_len.min(len - first) * size];
                self.fill(bytes)?;
                each(first, bytes)?;
            }
        }
        self.finish()
    }

    /// Where the elements are, in bytes from the start of the data.
    pub(crate) fn view(&self) -> Strided {
        self.view.clone()
    }

    /// Reads part of a view into `out`, in C order. Not for streams, of which [`Input::keep`](crate::input::Input::keep)
    /// makes something that can be read anywhere.
    pub(crate) fn read(&mut self, view: &Strided, part: &Part, out: &mut Vec<u8>) -> Result<(), Failure> {
        let (bytes, name) = (&mut self.bytes, &self.name);
        strided::read(view, part, out, |offset, piece| match bytes {
            Bytes::File(file) => Ok(file.read_bytes_at(offset, piece)?),
            Bytes::Stored(file) => Ok(file.read_bytes_at(offset, piece)?),
            Bytes::Spooled(file) => read_at(file, offset, piece, name),
            Bytes::Stream(_) => Err(Failure::refused(name.clone(), "a stream cannot be read out of order")),
        })?;
        self.progress.add(out.len() as u64);
        Ok(())
    }

    /// Calls `each` with the elements of a view in C order, some at a time.
    pub(crate) fn in_c_order(
        &mut self,
        view: &Strided,
        mut each: impl FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let size = self.dtype.itemsize();
        if strided::is_run(view) && strided::len(view) == self.len() {
            return self.scan(|_, bytes| each(bytes));
        }
        if size == 0 {
            return Ok(());
        }
        // Where the file runs across, larger boxes make for longer runs.
        let most = if strided::is_run(view) { PIECE } else { BOX };
        let extents = boxes::in_c_order(view.shape(), most / size);
        let mut piece = Vec::new();
        for part in Boxes::new(view.shape(), &extents) {
            self.read(view, &part, &mut piece)?;
            piece.chunks(self.piece_len() * size).try_for_each(&mut each)?;
        }
        Ok(())
    }

    /// The error of a stream that ends within its array.
    fn truncated(&self, found: u64) -> Failure {
        let problem = FormatProblem::DataTruncated {
            shape: text::shape(&self.header.shape),
            dtype: descr(&self.header.dtype),
            needed: self.nbytes(),
            found,
        };
        Failure::refused(self.name.clone(), problem.to_string())
    }
}

fn read_at(file: &mut SpooledTempFile, offset: u64, bytes: &mut [u8], name: &str) -> Result<(), Failure> {
    file.seek(SeekFrom::Start(offset))
        .and_then(|_| file.read_exact(bytes))
        .map_err(|error| Failure::File(format!("{name}: a temporary copy"), error))
}

/// The dtype as NumPy's header shows it; one that no header can hold is shown as NumPy prints it.
pub(crate) fn descr(dtype: &DType) -> String {
    dtype.descr().unwrap_or_else(|_| dtype.to_string())
}
