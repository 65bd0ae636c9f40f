//! How far long work has come.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::text;

/// Work that takes less shows no bar.
const PATIENCE: Duration = Duration::from_millis(700);

/// A bar on standard error where that is a terminal, once the work has taken a while.
pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
    shown: bool,
}

impl Progress {
    /// Of `nbytes` bytes of the array of that name.
    pub(crate) fn new(name: &str, nbytes: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(nbytes), ProgressDrawTarget::hidden());
        let template = "{msg} {bar:30} {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(text::one_line(name));
        Self { bar, start: Instant::now(), shown: false }
    }

    /// `nbytes` more are done.
    pub(crate) fn add(&mut self, nbytes: u64) {
        if !self.shown && self.start.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.shown = true;
        }
        self.bar.inc(nbytes);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
