//! Any bytes as a `.npy` file in memory: a view, a positioned file and an owned array are the same or refused alike, and
//! a holder of bytes that gives others each time is no danger.
#![no_main]

use std::sync::atomic::{AtomicUsize, Ordering};

use bytemuck::NoUninit;
use libfuzzer_sys::fuzz_target;
use ndarray::{ArrayD, IxDyn};
use npymap::{Element, NpyFile, NpyView, Result};
use npymap_fuzz::{Odd, for_each_element};

/// The bytes, and fewer of them each time.
struct Shrinking<'a>(&'a [u8], AtomicUsize);

impl AsRef<[u8]> for Shrinking<'_> {
    fn as_ref(&self) -> &[u8] {
        &self.0[..self.0.len().saturating_sub(self.1.fetch_add(1, Ordering::Relaxed))]
    }
}

fn check<T: Element + NoUninit>(bytes: &[u8]) {
    let text = |array: Result<ArrayD<T>>| match array {
        Ok(array) => {
            Ok(array.iter().flat_map(|element| bytemuck::bytes_of(element).to_vec()).collect::<Vec<u8>>())
        }
        Err(error) => Err(error.to_string()),
    };
    let owned = text(npymap::from_bytes(bytes));
    assert_eq!(owned, text(NpyFile::new(Odd(bytes)).and_then(|file| file.read())));
    let Ok(view) = NpyView::new(bytes) else { return };
    assert_eq!(owned, text(view.view_cow::<T, IxDyn>().map(|array| array.into_owned())));
    if let Ok(elements) = view.as_slice::<T>() {
        // In the order of the file.
        let copied = view.to_vec::<T>().unwrap();
        assert_eq!(bytemuck::cast_slice::<T, u8>(&copied), bytemuck::cast_slice::<T, u8>(elements));
    }
    let Ok(shrinking) = NpyView::new(Shrinking(bytes, AtomicUsize::new(0))) else { return };
    let _ = (shrinking.as_slice::<T>(), shrinking.view_any().map(drop), shrinking.to_array::<T, IxDyn>());
}

fuzz_target!(|bytes: &[u8]| {
    for_each_element!(check, bytes);
});
