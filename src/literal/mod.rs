//! Layer 0: Python literals, as `ast.literal_eval` takes them.

mod repr;

pub(crate) use repr::repr_str;
