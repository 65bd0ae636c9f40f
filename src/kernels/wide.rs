//! Loops for the widest vectors of the processor.

/// Defines functions whose loops are compiled twice, for any processor and for one with AVX2, which moves twice as much
/// at a time, and shuffles bytes by one instruction; a call takes what the processor has.
///
/// A macro, because a closure that is handed to a function with AVX2 need not become part of it.
macro_rules! wide {
    ($(#[$attribute:meta])* $visible:vis fn $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)? $body:block) => {
        $(#[$attribute])*
        #[cfg_attr(
            target_arch = "x86_64",
            allow(unsafe_code, reason = "what is compiled for a processor is called where that is known")
        )]
        $visible fn $name($($argument: $type),*) $(-> $result)? {
            #[inline(always)]
            fn any($($argument: $type),*) $(-> $result)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn with_avx2($($argument: $type),*) $(-> $result)? {
                    any($($argument),*)
                }
                if std::is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has AVX2, by the line above.
                    return unsafe { with_avx2($($argument),*) };
                }
            }
            any($($argument),*)
        }
    };
}
pub(super) use wide;
