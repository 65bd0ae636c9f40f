//! The commands of the pages say what is printed there.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// Each `$ npymap …` of a page's blocks, with the lines that follow it.
fn commands(page: &str) -> Vec<(String, String)> {
    let blocks = page.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let commands = blocks.flat_map(|block| block.split("$ ").skip(1)).map(|command| {
        let (line, output) = command.split_once('\n').unwrap();
        (line.to_string(), output.to_string())
    });
    commands.collect()
}

#[test]
#[cfg_attr(target_endian = "big", ignore = "the pages show what little-endian machines print")]
fn commands_print_what_the_pages_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = TempDir::new().unwrap();
    std::os::unix::fs::symlink(root.join("testdata"), folder.path().join("testdata")).unwrap();
    fs::copy(root.join("testdata/iris.npy"), folder.path().join("iris.npy")).unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_npymap")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    let mut count = 0;
    for page in ["README.md", "cli/README.md"] {
        for (line, expected) in commands(&fs::read_to_string(root.join(page)).unwrap()) {
            let mut command = Command::new("sh");
            // What it says of an error comes with what it prints.
            command.args(["-c", &format!("{line} 2>&1")]).env("PATH", &path).env_remove("COLORTERM");
            let output = command.current_dir(folder.path()).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{page}: {line}");
            count += 1;
        }
    }
    assert!(count > 8, "only {count} commands were found");
}
