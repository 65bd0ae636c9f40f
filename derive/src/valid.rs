//! What parses, and is no record all the same.

use std::collections::HashMap;

use syn::{Error, GenericParam, Result};

use crate::ast::Record;

pub fn check(record: &Record<'_>) -> Result<()> {
    check_lifetimes(record)?;
    check_names(record)
}

fn check_lifetimes(record: &Record<'_>) -> Result<()> {
    match record.generics.params.iter().find(|param| matches!(param, GenericParam::Lifetime(_))) {
        Some(lifetime) => {
            let text = "a record has no lifetimes: its bytes come from a file, which holds no references";
            Err(Error::new_spanned(lifetime, text))
        }
        None => Ok(()),
    }
}

/// NumPy takes an unnamed field for padding, and finds fields by names and titles alike.
fn check_names(record: &Record<'_>) -> Result<()> {
    let mut owners = HashMap::new();
    for field in &record.fields {
        let name = field.name();
        if let (true, Some(literal)) = (name.is_empty(), &field.attributes.rename) {
            let text = "the name is empty: NumPy takes a field without a name for padding";
            return Err(Error::new_spanned(literal, text));
        }
        let title = field.attributes.title.as_ref().map(syn::LitStr::value);
        for (text, is_title) in std::iter::once((name, false)).chain(title.map(|title| (title, true))) {
            if let Some(owner) = owners.insert(text.clone(), field.ident) {
                let message = format!("`{owner}` has the name or title \"{text}\" already");
                let attributes = &field.attributes;
                let literal = if is_title { attributes.title.as_ref() } else { attributes.rename.as_ref() };
                return Err(match literal {
                    Some(literal) => Error::new_spanned(literal, message),
                    None => Error::new_spanned(field.ident, message),
                });
            }
        }
    }
    Ok(())
}
