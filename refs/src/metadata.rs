//! Zarr v3 metadata.
//!
//! Source: Zarr v3 core specification; zarr-extensions, `chunk-grids/rectilinear`; the root group has what zarr-python
//! calls consolidated metadata, so that nobody lists the keys of a million chunks to find the arrays.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::array_plan::ArrayPlan;
use crate::file::File;
use crate::grid::Pieces;
use crate::json;
use crate::limits::MAX_CHUNK;
use crate::name;

/// The attribute of the root group with what is known of the files.
pub(crate) const FACTS: &str = "npymap";

const GROUP: &str = "\"zarr_format\":3,\"node_type\":\"group\"";

/// The groups below the root that arrays are in.
pub(crate) fn groups(arrays: &[ArrayPlan]) -> BTreeSet<&str> {
    arrays.iter().flat_map(|plan| name::groups(plan.name())).collect()
}

/// The metadata of a group below the root.
pub(crate) fn group(out: &mut impl Write) -> io::Result<()> {
    write!(out, "{{{GROUP},\"attributes\":{{}}}}")
}

/// The metadata of the root group: the facts of the files, and the metadata of all others.
pub(crate) fn root(
    files: &[File],
    attributes: &[(String, String)],
    arrays: &[ArrayPlan],
    out: &mut impl Write,
) -> io::Result<()> {
    write!(out, "{{{GROUP},\"attributes\":{{")?;
    for (key, value) in attributes {
        write!(out, "{}:{value},", json::text(key))?;
    }
    let base = common_base(files);
    write!(out, "{}:{{\"version\":1,\"base\":{},\"files\":[", json::text(FACTS), json::text(base))?;
    for (number, file) in files.iter().enumerate() {
        let comma = if number > 0 { "," } else { "" };
        let name = json::text(file.url.strip_prefix(base).unwrap_or(&file.url));
        let modified = file.modified.map_or("null".to_string(), |time| time.to_string());
        let etag = file.etag.as_deref().map_or("null".to_string(), json::text);
        write!(out, "{comma}[{name},{},{modified},{etag}]", file.size)?;
    }
    write!(
        out,
        "]}}}},\"consolidated_metadata\":{{\"kind\":\"inline\",\"must_understand\":false,\"metadata\":{{"
    )?;
    let mut comma = "";
    for name in groups(arrays) {
        write!(out, "{comma}{}:", json::text(name))?;
        group(out)?;
        comma = ",";
    }
    for plan in arrays {
        write!(out, "{comma}{}:", json::text(plan.name()))?;
        array(plan, out)?;
        comma = ",";
    }
    write!(out, "}}}}}}")
}

/// What all addresses begin with, up to the last slash.
fn common_base(files: &[File]) -> &str {
    let Some(first) = files.first() else { return "" };
    let mut base = first.url.as_str();
    for file in files {
        while !file.url.starts_with(base) {
            let shorter = base.strip_suffix('/').unwrap_or(base);
            base = shorter.rfind('/').and_then(|at| shorter.get(..=at)).unwrap_or_default();
        }
    }
    base.rfind('/').and_then(|at| base.get(..=at)).unwrap_or_default()
}

/// The metadata of an array.
pub(crate) fn array(plan: &ArrayPlan, out: &mut impl Write) -> io::Result<()> {
    let array = &plan.array;
    write!(out, "{{\"zarr_format\":3,\"node_type\":\"array\",\"shape\":{}", json::list(plan.shape()))?;
    write!(out, ",\"data_type\":{},\"chunk_grid\":", array.data_type.name)?;
    grid(plan, out)?;
    write!(
        out,
        ",\"chunk_key_encoding\":{{\"name\":\"default\",\"configuration\":{{\"separator\":\"/\"}}}}"
    )?;
    write!(out, ",\"fill_value\":{},\"codecs\":[", array.data_type.fill_value)?;
    if array.is_fortran {
        let order = json::list((0..array.ndim).rev());
        write!(out, "{{\"name\":\"transpose\",\"configuration\":{{\"order\":{order}}}}},")?;
    }
    match array.data_type.endian {
        Some(endian) => {
            write!(out, "{{\"name\":\"bytes\",\"configuration\":{{\"endian\":\"{}\"}}}}", endian.as_str())?;
        }
        None => write!(out, "{{\"name\":\"bytes\"}}")?,
    }
    let names: Vec<String> = match &array.dimension_names {
        Some(names) => names.iter().map(|name| json::text(name)).collect(),
        // Those of each array are its own: xarray takes the axes of one name for the same.
        None => {
            let name = name::last(plan.name());
            (0..array.ndim).map(|axis| json::text(&format!("{name}_dim_{axis}"))).collect()
        }
    };
    write!(out, "],\"dimension_names\":{},\"attributes\":{{", json::list(names))?;
    for (number, (key, value)) in array.attributes.iter().enumerate() {
        write!(out, "{}{}:{value}", if number > 0 { "," } else { "" }, json::text(key))?;
    }
    write!(out, "}}}}")
}

fn grid(plan: &ArrayPlan, out: &mut impl Write) -> io::Result<()> {
    let array = &plan.array;
    let (name, mut axes) = match plan.cut {
        None => ("regular", uncut(plan.shape(), array.data_type.itemsize)),
        Some(cut) => match cut.pieces {
            Pieces::Regular(len) => {
                let rest = array.rest.iter().skip(cut.axis).map(u64::to_string);
                let before = std::iter::repeat_n("1".to_string(), cut.axis);
                ("regular", before.chain([len.to_string()]).chain(rest).collect())
            }
            Pieces::Even(_) => {
                let dims = || std::iter::once(array.rows).chain(array.rest.iter().copied());
                let before = dims().take(cut.axis).map(|len| format!("[[1,{len}]]"));
                let pieces = match cut.axis {
                    0 => runs(array.shards.iter().flat_map(|shard| cut.pieces.of(shard.rows))),
                    axis => runs(dims().skip(axis).take(1).flat_map(|len| cut.pieces.of(len))),
                };
                let after = dims().skip(cut.axis + 1).map(|len| format!("[{len}]"));
                ("rectilinear", before.chain([pieces]).chain(after).collect::<Vec<_>>())
            }
        },
    };
    if plan.cut.is_some() {
        array.to_array_order(&mut axes);
    }
    let axes = json::list(axes);
    match name {
        "regular" => write!(out, "{{\"name\":\"regular\",\"configuration\":{{\"chunk_shape\":{axes}}}}}"),
        name => {
            write!(
                out,
                "{{\"name\":\"{name}\",\"configuration\":{{\"kind\":\"inline\",\"chunk_shapes\":{axes}}}}}"
            )
        }
    }
}

/// The chunk shape of an array without elements: as few chunks as there can be for the axes that have a length.
fn uncut(shape: &[u64], itemsize: u64) -> Vec<String> {
    let mut left = MAX_CHUNK / itemsize.max(1);
    let mut chunk: Vec<String> = shape
        .iter()
        .rev()
        .map(|&len| {
            let len = len.clamp(1, left.max(1));
            left /= len;
            len.to_string()
        })
        .collect();
    chunk.reverse();
    chunk
}

/// A list of lengths, equal ones that follow each other as `[length, count]`.
fn runs(lens: impl Iterator<Item = u64>) -> String {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for len in lens {
        match runs.last_mut() {
            Some((last, count)) if *last == len => *count += 1,
            _ => runs.push((len, 1)),
        }
    }
    json::list(
        runs.into_iter()
            .map(|(len, count)| if count == 1 { len.to_string() } else { format!("[{len},{count}]") }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_counted() {
        assert_eq!(runs([14_287, 14_287, 14_286].into_iter()), "[[14287,2],14286]");
        assert_eq!(runs([128].into_iter()), "[128]");
        assert_eq!(runs([3, 1, 3].into_iter()), "[3,1,3]");
    }

    #[test]
    fn the_base_ends_with_a_slash() {
        let base = |urls: &[&str]| {
            let files: Vec<File> = urls.iter().map(|url| File::new(*url, 0)).collect();
            common_base(&files).to_string()
        };
        assert_eq!(base(&["s3://b/x/1.npy", "s3://b/x/2.npy"]), "s3://b/x/");
        assert_eq!(base(&["s3://b/x/1.npy", "s3://b/xy/2.npy"]), "s3://b/");
        assert_eq!(base(&["s3://b/x/1.npy"]), "s3://b/x/");
        assert_eq!(base(&["s3://b/1.npy", "https://c/1.npy"]), "");
        assert_eq!(base(&["1.npy"]), "");
        assert_eq!(base(&[]), "");
    }
}
