//! What the derive needs of the source.

use syn::{Data, DeriveInput, Error, Fields, Generics, Ident, Result, Type};

use crate::attr::{FieldAttributes, RecordAttributes};

pub struct Record<'a> {
    pub ident: &'a Ident,
    pub generics: &'a Generics,
    pub attributes: RecordAttributes,
    pub fields: Vec<Field<'a>>,
}

pub struct Field<'a> {
    pub ident: &'a Ident,
    pub ty: &'a Type,
    pub attributes: FieldAttributes,
}

impl<'a> Record<'a> {
    pub fn new(input: &'a DeriveInput) -> Result<Self> {
        let wrong = |what: &str| {
            let text = format!("{what} is no record: #[derive(Record)] takes a struct with named fields");
            Err(Error::new_spanned(&input.ident, text))
        };
        let fields = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => fields,
                Fields::Unnamed(_) => return wrong("a tuple struct"),
                Fields::Unit => return wrong("a unit struct"),
            },
            Data::Enum(_) => return wrong("an enum"),
            Data::Union(_) => return wrong("a union"),
        };
        // Each field has a name; one without would have been parsed as a tuple struct's.
        let named = fields.named.iter().filter_map(|field| Some((field, field.ident.as_ref()?)));
        let fields = named.map(|(field, ident)| {
            Ok(Field { ident, ty: &field.ty, attributes: FieldAttributes::new(&field.attrs)? })
        });
        Ok(Self {
            ident: &input.ident,
            generics: &input.generics,
            fields: fields.collect::<Result<_>>()?,
            attributes: RecordAttributes::new(&input.attrs)?,
        })
    }
}

impl Field<'_> {
    /// The field's name in NumPy.
    pub fn name(&self) -> String {
        match &self.attributes.rename {
            Some(name) => name.value(),
            None => self.ident.to_string().trim_start_matches("r#").to_string(),
        }
    }
}
