//! Loops for the widest vectors of the processor.
#![cfg_attr(
    target_arch = "x86_64",
    allow(unsafe_code, reason = "what is compiled for a processor is called where that is known")
)]

/// Does `work` compiled for AVX2 where the processor has it: its loops move twice as much at a time, and byte
/// shuffles are one instruction, which the processors that Rust assumes by default do not have.
#[inline(always)]
pub(super) fn wide<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn with_avx2<R>(work: impl FnOnce() -> R) -> R {
            work()
        }
        if std::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2, by the line above.
            return unsafe { with_avx2(work) };
        }
    }
    work()
}
