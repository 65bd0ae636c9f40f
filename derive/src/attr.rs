//! `#[npy(...)]` and `#[repr(...)]`.

use syn::meta::ParseNestedMeta;
use syn::{Attribute, LitStr, Result, Token};

/// What stands on the struct.
#[derive(Default)]
pub struct RecordAttributes {
    pub subset: bool,
    pub layout: Layout,
}

/// What the source says of the layout in memory.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `repr(C)` or `repr(transparent)`.
    C,
    /// `repr(C, packed)`.
    Packed,
    /// Nothing.
    #[default]
    Unspecified,
}

/// What stands on a field.
#[derive(Default)]
pub struct FieldAttributes {
    pub rename: Option<LitStr>,
    pub title: Option<LitStr>,
}

impl RecordAttributes {
    pub fn new(attributes: &[Attribute]) -> Result<Self> {
        let mut found = Self::default();
        let (mut is_c, mut is_packed) = (false, false);
        for attribute in attributes {
            if attribute.path().is_ident("npy") {
                attribute.parse_nested_meta(|meta| {
                    if !meta.path.is_ident("subset") {
                        return Err(meta.error("expected `subset`; `rename` and `title` stand on fields"));
                    }
                    if std::mem::replace(&mut found.subset, true) {
                        return Err(meta.error("`subset` is given twice"));
                    }
                    Ok(())
                })?;
            } else if attribute.path().is_ident("repr") {
                attribute.parse_nested_meta(|meta| {
                    is_c |= meta.path.is_ident("C") || meta.path.is_ident("transparent");
                    is_packed |= meta.path.is_ident("packed");
                    skip_arguments(&meta)
                })?;
            }
        }
        found.layout = match (is_c, is_packed) {
            (true, false) => Layout::C,
            (true, true) => Layout::Packed,
            (false, _) => Layout::Unspecified,
        };
        Ok(found)
    }
}

/// The number of `align(8)` and `packed(2)`.
fn skip_arguments(meta: &ParseNestedMeta<'_>) -> Result<()> {
    if meta.input.peek(syn::token::Paren) {
        let arguments;
        syn::parenthesized!(arguments in meta.input);
        arguments.parse::<proc_macro2::TokenStream>()?;
    }
    Ok(())
}

impl FieldAttributes {
    pub fn new(attributes: &[Attribute]) -> Result<Self> {
        let mut found = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("npy")) {
            attribute.parse_nested_meta(|meta| {
                let (place, name) = if meta.path.is_ident("rename") {
                    (&mut found.rename, "rename")
                } else if meta.path.is_ident("title") {
                    (&mut found.title, "title")
                } else {
                    let text =
                        "expected `rename = \"...\"` or `title = \"...\"`; `subset` stands on the struct";
                    return Err(meta.error(text));
                };
                if !meta.input.peek(Token![=]) {
                    return Err(meta.error(format!("expected `{name} = \"...\"`")));
                }
                let text = meta.value()?.parse()?;
                if place.replace(text).is_some() {
                    return Err(meta.error(format!("`{name}` is given twice")));
                }
                Ok(())
            })?;
        }
        Ok(found)
    }
}
