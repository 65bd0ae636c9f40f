//! Work on several cores, with the feature `rayon`.

/// Bytes of the least result that is worth more than one core.
const LEAST: usize = 8 * 1024 * 1024;

/// How many at most share the work on a result of `bytes`, each with up to `own` bytes of memory of its own.
pub(super) fn size(bytes: usize, own: usize) -> usize {
    /// Bytes that all may take beside the result.
    const MOST: usize = 7 * 1024 * 1024;

    // Elsewhere a read moves the position that all share.
    #[cfg(feature = "rayon")]
    if cfg!(any(unix, windows)) && bytes >= LEAST {
        return (MOST / own.max(1)).clamp(1, rayon::current_num_threads());
    }
    let _ = (bytes, own, LEAST, MOST);
    1
}

/// Does `work` on all `items`, which are handed out in order, by up to `size` at the same time, each of which keeps what
/// `start` gave it. Where several fail, the error is that of the first item.
pub(super) fn for_each<I: Iterator<Item: Send> + Send, S, E: Send>(
    items: I,
    size: usize,
    start: impl Fn() -> Result<S, E> + Sync,
    work: impl Fn(&mut S, I::Item) -> Result<(), E> + Sync,
) -> Result<(), E> {
    #[cfg(feature = "rayon")]
    if size > 1 {
        return shared::for_each(items, size, start, work);
    }
    let _ = size;
    let mut state = start()?;
    items.into_iter().try_for_each(|item| work(&mut state, item))
}

#[cfg(feature = "rayon")]
mod shared {
    use std::sync::{Mutex, MutexGuard, PoisonError};

    /// As [`super::for_each`], by tasks of the thread pool.
    pub(super) fn for_each<I: Iterator<Item: Send> + Send, S, E: Send>(
        items: I,
        size: usize,
        start: impl Fn() -> Result<S, E> + Sync,
        work: impl Fn(&mut S, I::Item) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        let items = Mutex::new(items.enumerate());
        let failed: Mutex<Option<(usize, E)>> = Mutex::new(None);
        // Every item before one that failed has been handed out, and is worked on to its end.
        let fail = |index: usize, error: E| {
            let mut failed = lock(&failed);
            if failed.as_ref().is_none_or(|&(before, _)| index < before) {
                *failed = Some((index, error));
            }
        };
        let task = || {
            let mut state = match start() {
                Ok(state) => state,
                Err(error) => return fail(usize::MAX, error),
            };
            while lock(&failed).is_none() {
                let Some((index, item)) = lock(&items).next() else { break };
                if let Err(error) = work(&mut state, item) {
                    fail(index, error);
                }
            }
        };
        rayon::scope(|scope| (0..size).for_each(|_| scope.spawn(|_| task())));
        failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), |(_, error)| Err(error))
    }

    /// A panic is passed on by the scope.
    fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn every_item_is_done_once_and_the_first_error_is_reported() {
        for threads in [1, 2, 5] {
            let done = Mutex::new(vec![0; 100]);
            let result = for_each(
                0..100,
                threads,
                || Ok(()),
                |(), item| {
                    done.lock().unwrap()[item] += 1;
                    Ok::<(), usize>(())
                },
            );
            assert_eq!((result, done.into_inner().unwrap()), (Ok(()), vec![1; 100]));
            let result = for_each(
                0..100,
                threads,
                || Ok(()),
                |(), item| {
                    std::thread::sleep(std::time::Duration::from_micros(if item == 40 { 2000 } else { 0 }));
                    if item >= 40 { Err(item) } else { Ok(()) }
                },
            );
            assert_eq!(result, Err(40));
            assert_eq!(for_each(0..3, threads, || Err(7), |(): &mut (), _| Ok(())), Err(7));
        }
    }

    #[test]
    fn threads_are_limited_by_their_memory() {
        assert_eq!(size(1024, 1), 1);
        assert_eq!(size(1 << 30, 8 * 1024 * 1024), 1);
        assert!(size(1 << 30, 2 * 1024 * 1024) <= 3);
    }
}
