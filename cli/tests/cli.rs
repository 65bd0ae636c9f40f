//! The command as a user runs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use assert_cmd::Command;
use npymap::DType;
use serde_json::Value;
use tempfile::TempDir;

/// The command, in the folder of the repository.
fn npymap() -> Command {
    let mut command = Command::cargo_bin("npymap").unwrap();
    command.current_dir(root());
    command
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// A dtype as this machine shows it: by its name, where it is in its own byte order.
fn shown(dtype: &str) -> String {
    dtype.parse::<DType>().unwrap().to_string()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A file in its own folder.
fn file(content: &[u8]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.npy");
    fs::write(&path, content).unwrap();
    (folder, path)
}

#[test]
fn show_is_the_default() {
    let output = npymap().arg("testdata/iris.npy").output().unwrap();
    assert!(output.status.success());
    let text = stdout(&output);
    let mut lines = text.lines();
    let expected = format!("testdata/iris.npy: {}, shape (150, 4), C order, 4800 bytes", shown("<f8"));
    assert_eq!(lines.next(), Some(expected.as_str()));
    assert_eq!(lines.next(), Some("[[5.1 3.5 1.4 0.2]"));
    assert_eq!(lines.next(), Some(" [4.9 3.  1.4 0.2]"));
    assert_eq!(lines.next_back(), Some(" [5.9 3.  5.1 1.8]]"));
    let explicit = npymap().args(["show", "testdata/iris.npy"]).output().unwrap();
    assert_eq!(stdout(&explicit), text);
}

#[test]
fn raw_bytes_are_named_as_what_they_may_be() {
    let info = |path: &Path| stdout(&npymap().arg("info").arg(path).output().unwrap());
    let bfloat16 = info(Path::new("testdata/numpy-2.4/bfloat16-c.npy"));
    assert!(
        bfloat16.contains(": version 1.0, descr '|V2' (raw bytes; ml_dtypes saves bfloat16 so), "),
        "{bfloat16}"
    );
    let (_folder, path) = file(b"");
    npymap::save(&path, &[[0x38u8], [0x40]]).unwrap();
    assert!(
        info(&path).contains("descr '|V1' (raw bytes; ml_dtypes saves its float8, float6, float4 and small ")
    );
    assert_eq!(npymap::NpyFile::open(&path).unwrap().read_vec::<[u8; 1]>().unwrap(), [[0x38], [0x40]]);
    assert!(info(Path::new("testdata/numpy-2.4/V3-c.npy")).contains("descr '|V3', fortran_order"));
    let float8 = info(Path::new("testdata/numpy-2.4/float8_e5m2.npy"));
    assert!(
        float8.contains(": version 1.0, descr '<f1' (float8_e5m2 of ml_dtypes, as raw bytes), "),
        "{float8}"
    );
}

#[test]
fn large_arrays_are_summarised() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("large.npy");
    let rows: Vec<i64> = (0..2000).collect();
    npymap::save(&path, &rows).unwrap();
    let output = npymap().arg(&path).output().unwrap();
    let text = stdout(&output);
    assert_eq!(text.lines().nth(1), Some("[   0    1    2 ... 1997 1998 1999]"));
}

#[test]
#[cfg_attr(target_pointer_width = "32", ignore = "the array is larger than memory can address")]
fn a_terabyte_is_shown_at_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("huge.npy");
    let header = npymap::Header::new(npymap::DType::of::<f64>(), [1usize << 20, 1 << 17]);
    fs::write(&path, header.encode()).unwrap();
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    if file.set_len((1 << 40) + 128).is_err() {
        // A file system without sparse files of that size has nothing to show here.
        return;
    }
    let output = npymap().arg(&path).output().unwrap();
    let text = stdout(&output);
    assert!(text.contains("shape (1048576, 131072), C order, 1099511627776 bytes"), "{text}");
    assert!(
        text.ends_with(
            " ...\n [0. 0. 0. ... 0. 0. 0.]\n [0. 0. 0. ... 0. 0. 0.]\n [0. 0. 0. ... 0. 0. 0.]]\n"
        )
    );
}

#[test]
fn archives_are_shown_entry_by_entry() {
    let output = npymap().arg("testdata/iris.npz").output().unwrap();
    let text = stdout(&output);
    let titles: Vec<&str> = text.lines().filter(|line| line.starts_with("testdata/")).collect();
    assert_eq!(
        titles,
        [
            &format!("testdata/iris.npz:measurements: {}, shape (150, 4), C order, 4800 bytes", shown("<f8")),
            "testdata/iris.npz:species: <U10, shape (150,), C order, 6000 bytes",
            "testdata/iris.npz:species_code: uint8, shape (150,), C order, 150 bytes",
            "testdata/iris.npz:feature_names: <U17, shape (4,), C order, 272 bytes",
        ]
    );
    let one = npymap().arg("testdata/iris.npz:feature_names").output().unwrap();
    assert_eq!(
        stdout(&one),
        "testdata/iris.npz:feature_names: <U17, shape (4,), C order, 272 bytes\n\
         ['sepal length (cm)' 'sepal width (cm)' 'petal length (cm)'\n 'petal width (cm)']\n"
    );
    let none = npymap().arg("testdata/iris.npz:petals").output().unwrap();
    assert_eq!(none.status.code(), Some(1));
    assert_eq!(
        stderr(&none),
        "npymap: testdata/iris.npz:petals: array 'petals' is not in the archive, found 'measurements', \
         'species', 'species_code', 'feature_names'\n"
    );
}

#[test]
fn info_is_one_line_a_file() {
    let output =
        npymap().args(["info", "testdata/iris.npy", "testdata/numpy-2.4/i2-be-f.npy"]).output().unwrap();
    assert!(output.status.success());
    assert_eq!(
        stdout(&output),
        "testdata/iris.npy: version 1.0, descr '<f8', fortran_order False, shape (150, 4), itemsize 8, \
         data_offset 128, nbytes 4800\n\
         testdata/numpy-2.4/i2-be-f.npy: version 1.0, descr '>i2', fortran_order True, shape (3, 4), itemsize 2, \
         data_offset 128, nbytes 24\n"
    );
}

#[test]
fn info_json_is_the_contract() {
    let output = npymap()
        .args(["info", "--json", "testdata/iris.npy", "no-such.npy", "testdata/iris.npz"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stderr(&output), "");
    let text = stdout(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "{\"path\": \"testdata/iris.npy\", \"ok\": true, \"version\": [1,0], \"descr\": \"'<f8'\", \
         \"fortran_order\": false, \"shape\": [150,4], \"itemsize\": 8, \"data_offset\": 128, \"nbytes\": 4800}"
    );
    assert_eq!(
        lines[1],
        "{\"path\": \"no-such.npy\", \"ok\": false, \
         \"error\": \"no-such.npy: No such file or directory (os error 2)\"}"
    );
    let entries: Vec<Value> = lines[2..].iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(entries.len(), 4);
    assert_eq!(entries[0]["path"], "testdata/iris.npz:measurements");
    assert_eq!(entries[1]["descr"], "'<U10'");
    for line in &lines {
        let value: Value = serde_json::from_str(line).unwrap();
        let keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        let expected: &[&str] = if value["ok"] == true {
            &["path", "ok", "version", "descr", "fortran_order", "shape", "itemsize", "data_offset", "nbytes"]
        } else {
            &["path", "ok", "error"]
        };
        assert_eq!(keys, expected);
    }
}

#[test]
fn info_takes_names_from_standard_input() {
    let output = npymap()
        .args(["info", "--json", "--files-from", "-"])
        .write_stdin("testdata/iris.npy\n\ntestdata/iris-records.npy\r\ntestdata/crafted/x-empty.npy")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    let oks: Vec<bool> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["ok"].as_bool().unwrap())
        .collect();
    assert_eq!(oks, [true, true, false]);
    let folder = TempDir::new().unwrap();
    let list = folder.path().join("list");
    fs::write(&list, "testdata/iris.npy\n").unwrap();
    let output = npymap().arg("info").arg("--files-from").arg(&list).output().unwrap();
    assert!(output.status.success());
    assert_eq!(stdout(&output).lines().count(), 1);
    let missing = npymap().args(["info", "--files-from", "no-such-list"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(1));
    assert_eq!(stderr(&missing), "npymap: no-such-list: No such file or directory (os error 2)\n");
}

#[test]
fn a_bad_file_does_not_stop_the_others() {
    let output =
        npymap().args(["info", "testdata/crafted/x-html.npy", "testdata/iris.npy"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output).lines().count(), 1);
    let error = stderr(&output);
    assert!(error.starts_with("npymap: testdata/crafted/x-html.npy: not an npy file: "), "{error}");
    assert!(error.contains("an HTML page"), "{error}");
    let shown = npymap().args(["show", "testdata/crafted/x-html.npy", "testdata/iris.npy"]).output().unwrap();
    assert_eq!(shown.status.code(), Some(1));
    assert!(stdout(&shown).starts_with("testdata/iris.npy: "));
}

#[test]
fn usage_errors_exit_with_2() {
    for args in [&[] as &[&str], &["info"], &["show"], &["info", "--no-such-option"]] {
        assert_eq!(npymap().args(args).output().unwrap().status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn help_and_version_are_there() {
    for (args, word) in [
        (["--help"].as_slice(), "npymap iris.npy"),
        (&["info", "--help"], "--files-from"),
        (&["--version"], "0.1.0"),
    ] {
        let output = npymap().args(args).output().unwrap();
        assert!(output.status.success());
        assert!(stdout(&output).contains(word), "{args:?}");
    }
}

/// Names and texts in a file cannot command a terminal.
#[test]
fn control_characters_are_escaped() {
    let header = b"{'descr': [('\\x1b[31m', '<i4')], 'fortran_order': False, 'shape': (1,), }\n";
    let mut content = b"\x93NUMPY\x01\x00".to_vec();
    content.extend((header.len() as u16).to_le_bytes());
    content.extend(header);
    content.extend([1, 0, 0, 0]);
    let (_folder, path) = file(&content);
    for command in ["show", "info"] {
        let output = npymap().arg(command).arg(&path).output().unwrap();
        assert!(output.status.success());
        assert!(!output.stdout.contains(&0x1b), "{command}");
    }
    // A 0-d text is printed without quotes, as NumPy does.
    let header = b"{'descr': '<U5', 'fortran_order': False, 'shape': (), }\n";
    let mut content = b"\x93NUMPY\x01\x00".to_vec();
    content.extend((header.len() as u16).to_le_bytes());
    content.extend(header);
    content.extend("\u{1b}[31m".chars().flat_map(|c| u32::from(c).to_le_bytes()));
    content.extend([0; 4]);
    fs::write(&path, &content).unwrap();
    let output = npymap().arg(&path).output().unwrap();
    assert!(!output.stdout.contains(&0x1b));
    assert!(stdout(&output).ends_with("\\u{1b}[31m\n"), "{}", stdout(&output));
}

#[test]
#[cfg(unix)]
fn a_pipe_that_closes_early_is_no_error() {
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("npymap"))
        .current_dir(root())
        .arg("info")
        .args(std::iter::repeat_n("testdata/iris.npy", 5000))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_standard_output_is_an_error() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = std::process::Command::new(assert_cmd::cargo::cargo_bin("npymap"))
        .current_dir(root())
        .args(["info", "testdata/iris.npy"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stderr(&output), "npymap: standard output: No space left on device (os error 28)\n");
}

#[test]
#[cfg(unix)]
fn a_pipe_is_read_as_a_stream() {
    let content = fs::read(root().join("testdata/iris.npy")).unwrap();
    let output = npymap().arg("/dev/stdin").write_stdin(content).output().unwrap();
    assert_eq!(stderr(&output), "");
    let expected = npymap().arg("testdata/iris.npy").output().unwrap();
    assert_eq!(stdout(&output).split_once('\n').unwrap().1, stdout(&expected).split_once('\n').unwrap().1);
}

#[test]
#[cfg(unix)]
fn folders_and_devices_are_errors() {
    for (path, text) in [("testdata", "is a directory"), ("/dev/null", "not an npy file: it is empty")] {
        for command in ["show", "info"] {
            let output = npymap().args([command, path]).output().unwrap();
            assert_eq!(output.status.code(), Some(1), "{command} {path}");
            let error = stderr(&output);
            assert!(error.starts_with(&format!("npymap: {path}: ")), "{error}");
            assert!(error.to_lowercase().contains(text), "{error}");
            assert_eq!(error.lines().count(), 1);
        }
    }
}

/// Each door names what it was given.
#[test]
fn what_is_no_archive_says_so() {
    let folder = TempDir::new().unwrap();
    let archive = fs::read(root().join("testdata/iris.npz")).unwrap();
    let cut = folder.path().join("cut.npz");
    fs::write(&cut, &archive[..archive.len() - 30]).unwrap();
    for (file, text) in [
        (root().join("testdata/iris.npy"), "iris.npy: it is no archive, so that it has no array 'x'"),
        (root().join("testdata/crafted/x-gzip.npy"), "not an npz archive: it starts with"),
        (root().join("testdata/crafted/x-empty.npy"), "not an npz archive: it is empty"),
        (cut, "archive is invalid: it has no directory at its end, so that it was cut off or damaged"),
    ] {
        let output = npymap().arg("show").arg(format!("{}:x", file.display())).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(text), "{}", stderr(&output));
    }
}

/// Every error names its file.
#[test]
fn errors_name_the_file() {
    let output = npymap().args(["show", "testdata/numpy-2.4/object.npy"]).output().unwrap();
    let error = stderr(&output);
    assert!(error.starts_with("npymap: testdata/numpy-2.4/object.npy: "), "{error}");
}
