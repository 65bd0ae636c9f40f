//! The code of the derive.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::parse_quote_spanned;
use syn::spanned::Spanned;

use crate::ast::{Field, Record};
use crate::attr::Layout;

/// The one implementation that makes the struct an element.
///
/// It is unsafe for its promises alone, which hold for any struct: the dtype is made of the size of the struct, of
/// its fields' offsets and of their own dtypes, whose promises are bounds, and that these are all of its fields
/// the compiler checks by a pattern.
pub fn expand(record: &Record<'_>) -> TokenStream {
    let ident = record.ident;
    let mut generics = record.generics.clone();
    let predicates = &mut generics.make_where_clause().predicates;
    for field in &record.fields {
        let ty = field.ty;
        predicates.push(parse_quote_spanned!(ty.span()=> #ty: ::npymap::Element));
    }
    // What an element is beyond its fields, which for a struct with parameters only its own bounds can tell.
    if !record.generics.params.is_empty() {
        predicates.push(parse_quote_spanned! {ident.span()=>
            Self: ::core::marker::Copy + ::core::marker::Send + ::core::marker::Sync + 'static
        });
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();

    let idents: Vec<_> = record.fields.iter().map(|field| field.ident).collect();
    let types: Vec<_> = record.fields.iter().map(|field| field.ty).collect();
    let bindings: Vec<_> = (0..idents.len()).map(|number| format_ident!("field_{number}")).collect();
    let fields: Vec<_> = record.fields.iter().map(expand_field).collect();
    let layout = match record.attributes.layout {
        Layout::C => quote!(Aligned),
        Layout::Packed => quote!(Packed),
        Layout::Unspecified => quote!(Unspecified),
    };
    let others = if record.attributes.subset { quote!(Skipped) } else { quote!(Refused) };
    let call = |function: TokenStream| {
        quote! {
            ::npymap::__private::#function::<Self, _>(
                [#(#fields),*],
                ::npymap::__private::Layout::#layout,
                ::npymap::__private::Others::#others,
            )
        }
    };
    let (dtype, saved_dtype) = (call(quote!(dtype)), call(quote!(saved_dtype)));

    quote! {
        // SAFETY: the promises are those of the fields, which are elements themselves; their places and the size are
        // the compiler's own; and the pattern below is an error where a field is missing or has another type.
        #[automatically_derived]
        unsafe impl #impl_generics ::npymap::Element for #ident #type_generics #where_clause {
            fn dtype() -> ::npymap::DType {
                let _ = |record: Self| {
                    let Self { #(#idents: #bindings),* } = record;
                    #(let _: #types = #bindings;)*
                };
                #dtype
            }

            fn saved_dtype() -> ::npymap::DType {
                #saved_dtype
            }
        }
    }
}

fn expand_field(field: &Field<'_>) -> TokenStream {
    let (ident, ty, name) = (field.ident, field.ty, field.name());
    let title = match &field.attributes.title {
        Some(title) => quote!(::core::option::Option::Some(#title)),
        None => quote!(::core::option::Option::None),
    };
    quote_spanned! {ty.span()=>
        ::npymap::__private::field::<#ty>(#name, #title, ::core::mem::offset_of!(Self, #ident))
    }
}
