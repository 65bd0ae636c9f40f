//! NumPy, in a child process that times itself.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::measure::{Contender, Sample};

/// A Python that waits for work.
pub struct NumPy {
    child: Child,
    pipes: RefCell<(ChildStdin, BufReader<ChildStdout>)>,
    pub version: String,
}

impl NumPy {
    /// The Python that `NPYMAP_PYTHON` names, where it does and has NumPy.
    pub fn start() -> Option<Self> {
        let python = std::env::var_os("NPYMAP_PYTHON")?;
        let mut command = Command::new(&python);
        command.args(["-c", include_str!("numpy.py")]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("NPYMAP_PYTHON names a Python");
        let pipes = child.stdin.take().zip(child.stdout.take()).expect("both are pipes");
        let mut pipes = (pipes.0, BufReader::new(pipes.1));
        let mut ready = String::new();
        pipes.1.read_line(&mut ready).expect("Python tells that it is ready");
        let version = ready.strip_prefix("ready ").expect("NPYMAP_PYTHON has NumPy").trim().to_string();
        Some(Self { child, pipes: RefCell::new(pipes), version })
    }

    /// Seconds and bytes of memory of a piece of work.
    fn run(&self, work: &str, path: &Path) -> (f64, Option<u64>) {
        let (stdin, stdout) = &mut *self.pipes.borrow_mut();
        writeln!(stdin, "{work} {}", path.display()).expect("Python reads its work");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("Python tells how long it took");
        let mut words = line.split_whitespace();
        let seconds = words.next().and_then(|word| word.parse().ok());
        (seconds.expect("Python tells seconds"), words.next().and_then(|word| word.parse().ok()))
    }

    /// NumPy as one of those that are timed.
    pub fn contender<'a>(&'a self, work: &'static str, path: &'a Path) -> Contender<'a> {
        let (_, peak) = self.run(work, path);
        let run = move |_| Sample { seconds: self.run(work, path).0, checksum: 0 };
        Contender { name: "NumPy", run: Box::new(run), peak }
    }
}

impl Drop for NumPy {
    fn drop(&mut self) {
        // It ends with its input, too.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
