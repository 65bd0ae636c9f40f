//! `#[derive(Record)]` for the npymap crate, which re-exports it under its feature `derive`.
//!
//! `ast` takes from the source what the derive needs, `attr` reads the attributes, `valid` refuses what is no record,
//! `expand` writes the code.

mod ast;
mod attr;
mod expand;
mod valid;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct an element of NumPy arrays: a record whose fields are those of the struct.
///
/// Each field is an element itself: a number, a `bool`, a text or time of a fixed width, an array of elements, or
/// another record. The struct is `Copy` and has no lifetimes.
///
/// # Reading
/// Fields are matched by name. Where the file's record is laid out as the struct is, a map shows it without a copy;
/// with other offsets, another order of the fields or of their bytes it is put together field by field. A field that
/// the file does not have is an error, and so is one that the struct does not have, unless the struct is a
/// `#[npy(subset)]`.
///
/// # Saving
/// | struct | file |
/// |---|---|
/// | `#[repr(C)]` | the struct's own layout, as NumPy's `align=True` makes it; padding is written as zeros |
/// | `#[repr(C, packed)]` | the same without padding |
/// | no `repr` | without padding, fields in the order of the source: the compiler chooses the layout in memory, and may choose another one tomorrow |
///
/// A struct with a `repr` that holds one without is saved as the last row says.
///
/// # Attributes
/// | attribute | on | does |
/// |---|---|---|
/// | `#[npy(subset)]` | the struct | fields of the file that the struct does not have are left out |
/// | `#[npy(rename = "...")]` | a field | its name in NumPy, where that is another one |
/// | `#[npy(title = "...")]` | a field | its title in NumPy, a second name |
///
/// # Examples
/// ```
/// use npymap::{DType, Record};
///
/// #[derive(Record, Clone, Copy)]
/// #[repr(C)]
/// struct Event {
///     id: u32,
///     #[npy(rename = "where")]
///     place: [f64; 3],
/// }
///
/// let dtype = DType::of::<Event>();
/// assert_eq!(dtype.descr()?, "[('id', '<u4'), ('', '|V4'), ('where', '<f8', (3,))]");
/// # Ok::<(), npymap::Error>(())
/// ```
#[proc_macro_derive(Record, attributes(npy))]
pub fn derive_record(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    ast::Record::new(&input)
        .and_then(|record| valid::check(&record).map(|()| expand::expand(&record)))
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}
