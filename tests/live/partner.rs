//! Talks with a script of this folder.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use crate::python::script;

/// A script that answers line by line.
pub struct Partner {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Partner {
    pub fn start(name: &str) -> Self {
        let mut child =
            script(name).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
        let answers = BufReader::new(child.stdout.take().expect("stdout is piped"));
        Self { requests: child.stdin.take(), answers, child }
    }

    /// The answer to one line.
    pub fn ask(&mut self, request: &str) -> String {
        let requests = self.requests.as_mut().expect("it has not ended");
        writeln!(requests, "{request}").expect("Python reads");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("Python answers");
        answer.trim_end().to_string()
    }

    /// Lets the script come to its end, which must be a good one.
    pub fn end(mut self) {
        self.requests = None;
        assert!(self.child.wait().expect("Python ends").success());
    }
}

impl Drop for Partner {
    fn drop(&mut self) {
        // What has ended already cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
