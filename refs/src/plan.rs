//! Arrays that are cut into chunks, and the references to them.

use std::io::{self, BufWriter, Write};

use crate::array_plan::ArrayPlan;
use crate::chunks::{self, Chunk};
use crate::error::Result;
use crate::file::{File, FileId};
use crate::json::{self, Escaped};
use crate::metadata;

/// The references that [`Plan::write`] writes.
#[derive(Debug)]
pub struct Plan {
    files: Vec<File>,
    attributes: Vec<(String, String)>,
    arrays: Vec<ArrayPlan>,
}

impl Plan {
    pub(crate) fn new(files: Vec<File>, attributes: Vec<(String, String)>, arrays: Vec<ArrayPlan>) -> Self {
        Self { files, attributes, arrays }
    }

    /// The arrays, in the order in which they were added.
    pub fn arrays(&self) -> &[ArrayPlan] {
        &self.arrays
    }

    /// Writes the references: kerchunk's JSON, version 1, with Zarr v3 metadata. Memory does not grow with the number of
    /// chunks.
    ///
    /// `read` fills the buffer with the bytes of a file from that position on. It is called where the end of an array
    /// fills no whole chunk of a regular grid: such a chunk, of at most [`MAX_INLINED`](crate::MAX_INLINED) bytes, stands in
    /// the references themselves.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where `out` or `read` fails.
    pub fn write(
        &self,
        out: &mut dyn Write,
        mut read: impl FnMut(FileId, u64, &mut [u8]) -> io::Result<()>,
    ) -> Result<()> {
        let mut out = BufWriter::new(out);
        out.write_all(b"{\"version\":1,\"refs\":{\"zarr.json\":\"")?;
        metadata::root(&self.files, &self.attributes, &self.arrays, &mut Escaped(&mut out))?;
        out.write_all(b"\"")?;
        for group in metadata::groups(&self.arrays) {
            write!(out, ",\n{}:\"", json::text(&format!("{group}/zarr.json")))?;
            metadata::group(&mut Escaped(&mut out))?;
            out.write_all(b"\"")?;
        }
        let urls: Vec<String> = self.files.iter().map(|file| json::text(&file.url)).collect();
        for plan in &self.arrays {
            write!(out, ",\n{}:\"", json::text(&format!("{}/zarr.json", plan.array.name)))?;
            metadata::array(plan, &mut Escaped(&mut out))?;
            out.write_all(b"\"")?;
            let prefix = json::text(&plan.array.name);
            let prefix = prefix.strip_suffix('"').unwrap_or_default();
            let mut reference = |chunk: Chunk<'_>| {
                let mut place: Vec<String> = chunk.place.iter().map(u64::to_string).collect();
                plan.array.to_array_order(&mut place);
                place.insert(0, "c".to_string());
                write!(out, ",\n{prefix}/{}\":", place.join("/"))?;
                let (Chunk { offset, len, .. }, url) = (&chunk, urls.get(chunk.file));
                match chunk.whole.and_then(|whole| usize::try_from(whole).ok()) {
                    None => write!(out, "[{},{offset},{len}]", url.map_or("\"\"", String::as_str))?,
                    Some(whole) => {
                        let mut bytes = vec![0; whole];
                        let found = usize::try_from(*len).ok().and_then(|len| bytes.get_mut(..len));
                        read(FileId(chunk.file), *offset, found.unwrap_or_default())?;
                        write!(out, "\"base64:{}\"", json::base64(&bytes))?;
                    }
                }
                Ok(())
            };
            chunks::for_each(&plan.array, plan.cut, &mut reference)?;
        }
        out.write_all(b"\n}}\n")?;
        Ok(out.flush()?)
    }
}
