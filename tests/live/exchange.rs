//! Arrays that a script of this folder writes, that we read, and of which it judges what we made.

use std::path::{Path, PathBuf};

use crate::python::script;

/// A folder of files between a script and us.
pub struct Exchange {
    script: &'static str,
    folder: PathBuf,
}

impl Exchange {
    /// Lets the script write its arrays to a folder of that name.
    pub fn begin(script: &'static str, name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // What an older version of the test has left there.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let exchange = Self { script, folder };
        exchange.run("write");
        exchange
    }

    /// The arrays of the script.
    pub fn arrays(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "npy")).collect()
    }

    /// What the script says of our files beside its own.
    pub fn check(self) -> String {
        self.run("check")
    }

    fn run(&self, what: &str) -> String {
        let output = script(self.script).arg(what).arg(&self.folder).output().expect("Python starts");
        assert!(
            output.status.success(),
            "{} failed: {}",
            self.script,
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).trim().to_string()
    }
}
