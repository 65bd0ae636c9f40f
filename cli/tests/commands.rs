//! Commands that count, compare, convert, pack and draw, as a user runs them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use npymap::{DType, Header, NpyFile, NpzReader, Order};
use tempfile::TempDir;

/// The command, in the folder of the repository.
fn npymap(args: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut command = Command::cargo_bin("npymap").unwrap();
    command.current_dir(root).env_remove("COLORTERM").args(args).output().unwrap()
}

/// A dtype as this machine shows it: by its name, where it is in its own byte order.
fn shown(dtype: &str) -> String {
    dtype.parse::<DType>().unwrap().to_string()
}

/// Standard output of a command that succeeds.
fn stdout(args: &[&str]) -> String {
    let output = npymap(args);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
    assert!(output.status.success(), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The one line on standard error of a command that fails.
fn stderr(args: &[&str]) -> String {
    let output = npymap(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

fn at(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_string()
}

/// What is in a folder, hidden files too.
fn names(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into()).collect();
    names.sort();
    names
}

#[test]
fn slices_are_shown() {
    let text = stdout(&["testdata/iris.npy", "--slice", "-2:, ::-3"]);
    assert_eq!(text.lines().skip(1).collect::<Vec<_>>(), ["[[2.3 6.2]", " [1.8 5.9]]"]);
    let error = stderr(&["show", "testdata/iris.npy", "--slice", "150"]);
    assert!(
        error.starts_with("npymap: testdata/iris.npy: slice [150] is not in shape (150, 4): "),
        "{error}"
    );
    assert_eq!(npymap(&["show", "testdata/iris.npy", "--slice", "1;2"]).status.code(), Some(2));
}

#[test]
fn a_name_that_promises_something_else_is_refused() {
    let folder = TempDir::new().unwrap();
    for (name, way_out) in
        [("a.npz", "npymap pack makes an archive"), ("a.CSV", "npymap cat --format csv writes text")]
    {
        let path = at(&folder, name);
        let expected = format!("npymap: {path}: convert writes .npy files; {way_out}\n");
        assert_eq!(stderr(&["convert", "testdata/iris.npy", &path]), expected);
    }
    assert_eq!(names(folder.path()), Vec::<PathBuf>::new());
    assert_eq!(
        stderr(&["converd"]),
        "npymap: converd: there is no such file, and no such command; npymap --help lists the commands\n"
    );
}

#[test]
fn stats_are_a_table() {
    assert_eq!(
        stdout(&["stats", "testdata/iris.npy", "--axis", "0"])
            .lines()
            .nth(2)
            .unwrap()
            .split_whitespace()
            .collect::<Vec<_>>(),
        [
            "(0,)",
            "-",
            &shown("<f8"),
            "150",
            "0",
            "0",
            "0",
            "4.3",
            "7.9",
            "5.843333333333334",
            "0.8253012917851409"
        ]
    );
    let fields = stdout(&["stats", "testdata/iris-records.npy"]);
    assert_eq!(fields.lines().count(), 2 + 6);
    assert!(
        stderr(&["stats", "testdata/iris.npy", "--axis", "2"]).ends_with("axis 2 is not in shape (150, 4)\n")
    );
}

#[test]
fn differences_have_a_place() {
    let folder = TempDir::new().unwrap();
    let (a, b) = (at(&folder, "a.npy"), at(&folder, "b.npy"));
    npymap::save(&a, &vec![[1.0f64, 2.0], [3.0, 4.0]]).unwrap();
    npymap::save(&b, &vec![[1.0f32, 2.0], [3.5, 4.25]]).unwrap();
    let output = npymap(&["diff", &a, &b]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!(
            "{a} and {b} differ: 2 of 4 elements; first at [1, 0]: 3.0 and 3.5; largest difference 0.5 at [1, 0]\n"
        )
    );
    assert_eq!(stdout(&["diff", &a, &b, "--atol", "0.5"]), format!("{a} and {b} are close: 4 elements\n"));
    assert_eq!(npymap(&["diff", "-q", &a, &b]).stdout, b"");
    let other = npymap(&["diff", &a, "testdata/iris.npy"]);
    assert!(String::from_utf8_lossy(&other.stdout).ends_with("differ: shape (2, 2) and (150, 4)\n"));
    assert_eq!(stdout(&["diff", "testdata/iris.npz", "testdata/iris.npz"]).lines().count(), 4);
}

#[test]
fn elements_are_written_out() {
    assert_eq!(stdout(&["cat", "testdata/iris.npy", "--slice", ":2"]), "5.1,3.5,1.4,0.2\n4.9,3.0,1.4,0.2\n");
    assert_eq!(
        stdout(&["cat", "testdata/iris-records.npy", "--slice", ":1"]),
        "sepal_length,sepal_width,petal_length,petal_width,species,code\n5.1,3.5,1.4,0.2,setosa,0\n"
    );
    assert_eq!(
        stdout(&["cat", "testdata/iris.npz:species", "--slice", "::60", "--format", "json"]),
        "[\"setosa\",\"versicolor\",\"virginica\"]\n"
    );
    let raw = npymap(&["cat", "testdata/numpy-2.4/i2-be-f.npy", "--format", "raw"]).stdout;
    let mut swapped = npymap(&["cat", "testdata/numpy-2.4/i2-le-f.npy", "--format", "raw"]).stdout;
    assert_eq!((raw.len(), &raw), (24, &swapped));
    swapped.clear();
    assert!(stderr(&["cat", "testdata/iris.npz"]).contains("name one, as in testdata/iris.npz:measurements"));
}

#[test]
fn conversions_keep_every_value() {
    let folder = TempDir::new().unwrap();
    let out = at(&folder, "out.npy");
    stdout(&["convert", "testdata/iris.npy", &out, "--order", "F", "--byte-order", "big"]);
    let file = NpyFile::open(&out).unwrap();
    assert_eq!((file.header().order, &file.header().dtype), (Order::F, &">f8".parse().unwrap()));
    assert_eq!(npymap(&["diff", "testdata/iris.npy", &out]).status.code(), Some(0));
    fs::remove_file(&out).unwrap();
    let error = stderr(&["convert", "testdata/iris.npy", &out, "--dtype", "f4"]);
    assert!(
        error.ends_with("element [0, 0] is 5.1, which float32 cannot hold: it would become 5.099999904632568; --lossy converts all the same\n"),
        "{error}"
    );
    // Neither the file nor anything beside it.
    assert_eq!(names(folder.path()), Vec::<PathBuf>::new());
    stdout(&["convert", "testdata/iris.npy", &out, "--dtype", "f4", "--lossy"]);
    assert_eq!(NpyFile::open(&out).unwrap().header().dtype, DType::of::<f32>());
    // Over itself.
    stdout(&["convert", &out, &out, "--slice", "::50"]);
    assert_eq!(NpyFile::open(&out).unwrap().header().shape, [3, 4]);
    let error = stderr(&["convert", "testdata/iris.npz:species", &out, "--dtype", "f8"]);
    assert!(error.ends_with("there is no cast from dtype <U10 to float64\n"), "{error}");
    assert_eq!(names(folder.path()), [PathBuf::from("out.npy")]);
}

/// Boxes of a large array: each order from the other.
#[test]
fn large_arrays_are_turned() {
    let folder = TempDir::new().unwrap();
    let (a, b, c) = (at(&folder, "a.npy"), at(&folder, "b.npy"), at(&folder, "c.npy"));
    let numbers: Vec<[u32; 3000]> =
        (0..2500u32).map(|row| std::array::from_fn(|column| row * 3000 + column as u32)).collect();
    npymap::save(&a, &numbers).unwrap();
    stdout(&["convert", "--order", "F", &a, &b]);
    assert_eq!(npymap(&["diff", "-q", &a, &b]).status.code(), Some(0));
    let columns: Vec<u32> = NpyFile::open(&b).unwrap().read_vec().unwrap();
    assert_eq!(columns[2500..2503], [1, 3001, 6001]);
    stdout(&["convert", "--order", "C", &b, &c]);
    assert!(fs::read(&a).unwrap() == fs::read(&c).unwrap());
}

#[test]
fn archives_are_packed_and_unpacked() {
    let folder = TempDir::new().unwrap();
    let (packed, again, out) = (at(&folder, "a.npz"), at(&folder, "b.npz"), at(&folder, "out"));
    stdout(&["pack", "--deflate", &packed, "testdata/iris.npy", "x=testdata/iris.npz:species"]);
    stdout(&["repack", &packed, &again]);
    let listed = stdout(&["ls", &again]);
    assert_eq!(listed.lines().next().unwrap().split_whitespace().next(), Some("name"));
    assert!(listed.lines().skip(1).all(|line| line.contains("stored") && line.ends_with("yes")), "{listed}");
    assert!(
        stdout(&["ls", &packed])
            .lines()
            .skip(1)
            .all(|line| line.contains("deflated") && line.ends_with("no"))
    );
    stdout(&["unpack", &again, "-d", &out]);
    assert_eq!(names(Path::new(&out)), [PathBuf::from("iris.npy"), PathBuf::from("x.npy")]);
    assert!(fs::read(Path::new(&out).join("iris.npy")).unwrap() == fs::read("../testdata/iris.npy").unwrap());
    assert!(stderr(&["unpack", &again, "-d", &out]).ends_with("it exists; --force replaces it\n"));
    stdout(&["unpack", "--force", &again, "-d", &out]);
    assert_eq!(
        stderr(&["pack", &packed, "testdata/iris.npy", "testdata/iris.npy"]),
        "npymap: testdata/iris.npy: another array is called 'iris' already; NAME=testdata/iris.npy gives it a name\n"
    );
    assert!(stderr(&["ls", "testdata/iris.npy"]).contains("it is one array and no archive"));
    // Every archive is whole, and nothing lies beside them.
    assert_eq!(NpzReader::open(&packed).unwrap().names().count(), 2);
    assert_eq!(names(folder.path()), ["a.npz", "b.npz", "out"].map(PathBuf::from));
}

/// Entries and links that lead out of the folder.
#[test]
fn nothing_is_unpacked_elsewhere() {
    let folder = TempDir::new().unwrap();
    let (archive, out) = (at(&folder, "a.npz"), at(&folder, "deep/out"));
    for name in ["../evil.npy", "/evil.npy", "a/../../evil.npy", "C:evil.npy", "..\\evil.npy", "nul.npy"] {
        let mut writer = zip::ZipWriter::new(fs::File::create(&archive).unwrap());
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut writer, &fs::read("../testdata/iris.npy").unwrap()).unwrap();
        writer.finish().unwrap();
        let error = stderr(&["unpack", &archive, "-d", &out]);
        assert!(error.contains("so that it is not written to a folder"), "{error}");
        assert_eq!(names(folder.path()), [PathBuf::from("a.npz")], "{name}");
    }
    #[cfg(unix)]
    {
        fs::create_dir_all(&out).unwrap();
        std::os::unix::fs::symlink(folder.path(), Path::new(&out).join("link")).unwrap();
        let mut writer = zip::ZipWriter::new(fs::File::create(&archive).unwrap());
        writer.start_file("link/evil.npy", zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut writer, &fs::read("../testdata/iris.npy").unwrap()).unwrap();
        writer.finish().unwrap();
        assert!(
            stderr(&["unpack", &archive, "-d", &out]).ends_with("it is a link, which may lead elsewhere\n")
        );
        assert!(!folder.path().join("evil.npy").exists());
    }
}

#[test]
fn files_grow_in_place() {
    let folder = TempDir::new().unwrap();
    let file = at(&folder, "a.npy");
    fs::copy("../testdata/iris.npy", &file).unwrap();
    stdout(&["append", &file, "testdata/iris.npy", "testdata/iris.npz:measurements"]);
    assert_eq!(NpyFile::open(&file).unwrap().header().shape, [450, 4]);
    // The second does not fit, so that the first is not appended either.
    let error = stderr(&["append", &file, "testdata/iris.npy", "testdata/iris-records.npy"]);
    assert!(error.starts_with("npymap: testdata/iris-records.npy: dtype ["), "{error}");
    assert_eq!(NpyFile::open(&file).unwrap().header().shape, [450, 4]);
}

#[test]
fn sound_files_are_told_from_others() {
    assert_eq!(
        stdout(&["verify", "testdata/iris.npy"]),
        format!("testdata/iris.npy: sound, 600 elements of {}\n", shown("<f8"))
    );
    let folder = TempDir::new().unwrap();
    let file = at(&folder, "a.npy");
    let mut content = Header::new(DType::of::<bool>(), [3]).encode();
    let start = content.len();
    content.extend([0, 1, 2]);
    fs::write(&file, &content).unwrap();
    assert_eq!(
        stderr(&["verify", &file]),
        format!(
            "npymap: {file}: element 2 (byte {}) is 0x02, expected 0x00 or 0x01 for dtype '|b1'\n",
            start + 2
        )
    );
    let mut archive = fs::read("../testdata/iris.npz").unwrap();
    let archive_path = at(&folder, "a.npz");
    // Within the data of the first array.
    archive[1000] ^= 1;
    fs::write(&archive_path, &archive).unwrap();
    let output = npymap(&["verify", &archive_path]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 3);
    assert!(String::from_utf8_lossy(&output.stderr).contains("a.npz:measurements: "));
}

#[test]
fn pictures_are_drawn() {
    let text = stdout(&["plot", "testdata/iris.npy", "--hist", "--width", "60", "--bins", "4"]);
    assert_eq!(text.lines().count(), 5);
    assert!(!text.contains('\u{1b}'));
    assert!(
        stdout(&["plot", "testdata/iris.npy", "--width", "60", "--height", "8"])
            .contains("o 0  x 1  + 2  * 3")
    );
    let folder = TempDir::new().unwrap();
    let out = at(&folder, "out.png");
    stdout(&["plot", "testdata/iris.npy", "-o", &out, "--width", "320", "--height", "200"]);
    let mut reader =
        png::Decoder::new(std::io::BufReader::new(fs::File::open(&out).unwrap())).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.width, info.height), (320, 200));
    // The lines have their colours.
    assert!(pixels.as_chunks::<3>().0.contains(&[31, 119, 180]));
    assert!(stderr(&["plot", "testdata/iris.npz:species"]).contains("has no numbers to draw"));
}

#[test]
fn every_command_has_help_with_an_example() {
    for command in [
        "show",
        "info",
        "ls",
        "stats",
        "diff",
        "cat",
        "convert",
        "pack",
        "unpack",
        "repack",
        "append",
        "verify",
        "plot",
        "bench",
        "completions",
    ] {
        let help = stdout(&[command, "--help"]);
        assert!(help.contains(&format!("  npymap {command} ")), "{command}: {help}");
        assert_eq!(npymap(&[command]).status.code(), Some(2), "{command}");
    }
    let page = stdout(&["man"]);
    assert!(page.contains("NPYMAP CONVERT"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(stdout(&["completions", shell]).contains("npymap"));
    }
}

/// Every command, on what is no array.
#[test]
fn whatever_is_given_fails_with_one_line() {
    let folder = TempDir::new().unwrap();
    let out = at(&folder, "out");
    for file in [
        "no-such.npy",
        "testdata",
        "/dev/null",
        "testdata/crafted/x-html.npy",
        "testdata/numpy-2.4/object.npy",
    ] {
        for args in [
            ["show", file].as_slice(),
            &["ls", file],
            &["stats", file],
            &["diff", file, file],
            &["cat", file],
            &["convert", file, &out],
            &["pack", &out, file],
            &["unpack", file, "-d", &out],
            &["repack", file, &out],
            &["append", file, "testdata/iris.npy"],
            &["verify", file],
            &["plot", file],
            &["bench", file],
        ] {
            if !cfg!(unix) && file == "/dev/null" || args[0] == "bench" && file.contains("object") {
                continue;
            }
            let error = stderr(args);
            assert!(error.starts_with(&format!("npymap: {file}")), "{args:?}: {error}");
            assert!(
                !error.contains("Npy") && !error.contains("Npz") && !error.contains("Limits::"),
                "{error}"
            );
        }
        assert_eq!(names(folder.path()), Vec::<PathBuf>::new(), "{file}");
    }
}

/// What the library calls a limit is an option here.
#[test]
fn limits_are_options() {
    let folder = TempDir::new().unwrap();
    let file = at(&folder, "a.npy");
    let text = format!("{{'descr': '<i2', 'fortran_order': False, 'shape': (1,), }}{}\n", " ".repeat(11_000));
    let mut content = b"\x93NUMPY\x01\x00".to_vec();
    content.extend((text.len() as u16).to_le_bytes());
    content.extend(text.as_bytes());
    content.extend([7, 0]);
    fs::write(&file, content).unwrap();
    let error = stderr(&[&file]);
    let way_out = format!("--max-header {} reads it\n", text.len());
    assert!(error.ends_with(&way_out), "{error}");
    assert!(stdout(&[&file, "--max-header", &text.len().to_string()]).ends_with("[7]\n"));
}

/// Ctrl-C while a file is written leaves nothing behind.
#[test]
#[cfg(unix)]
#[cfg_attr(target_pointer_width = "32", ignore = "the array is larger than memory can address")]
fn an_interrupt_cleans_up() {
    let folder = TempDir::new().unwrap();
    let (source, target) = (at(&folder, "a.npy"), at(&folder, "b.npy"));
    fs::write(&source, Header::new(DType::of::<f64>(), [20_000usize, 50_000]).encode()).unwrap();
    let file = fs::OpenOptions::new().write(true).open(&source).unwrap();
    if file.set_len(8_000_000_128).is_err() {
        // A file system without sparse files has no work that is long enough.
        return;
    }
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("npymap"))
        .args(["convert", "--order", "F", &source, &target])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while names(folder.path()).len() < 2 {
        assert!(child.try_wait().unwrap().is_none(), "it has ended before it was interrupted");
    }
    let kill = std::process::Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(names(folder.path()), [PathBuf::from("a.npy")]);
}

/// NumPy writes it and cannot load it; here it is raw bytes that keep their name.
#[test]
fn float8_keeps_its_bytes_and_its_name() {
    let file = "testdata/numpy-2.4/float8_e5m2.npy";
    let folder = TempDir::new().unwrap();
    let out = at(&folder, "out.npy");
    let every: Vec<u8> = (0..=255).collect();
    assert!(
        stdout(&["show", file])
            .starts_with(&format!("{file}: {}, shape (16, 16), C order, 256 bytes\n", shown("<f1")))
    );
    assert_eq!(stdout(&["cat", file, "--slice", "0, :3"]), "00\n01\n02\n");
    assert_eq!(npymap(&["cat", "--format", "raw", file]).stdout, every);
    stdout(&["diff", file, file]);
    stdout(&["verify", file]);
    assert!(stdout(&["stats", file]).contains("256"));

    stdout(&["convert", "--order", "F", "--byte-order", "big", file, &out]);
    let header = NpyFile::open(&out).unwrap().header().clone();
    assert_eq!((header.dtype.descr().unwrap(), header.order), ("'<f1'".to_string(), Order::F));
    stdout(&["diff", file, &out]);
    stdout(&["convert", "--slice", "3:5, ::2", file, &out]);
    let part = NpyFile::open(&out).unwrap();
    assert_eq!(part.header().dtype, "<f1".parse().unwrap());
    let bytes: Vec<u8> = part.read_vec::<[u8; 1]>().unwrap().into_iter().flatten().collect();
    assert_eq!(bytes, (48..80).step_by(2).collect::<Vec<u8>>());

    let archive = at(&folder, "all.npz");
    stdout(&["pack", &archive, file]);
    stdout(&["repack", "--deflate", &archive, &archive]);
    stdout(&["unpack", &archive, "-d", &at(&folder, "unpacked")]);
    let again = folder.path().join("unpacked/float8_e5m2.npy");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    assert_eq!(fs::read(again).unwrap(), fs::read(root.join(file)).unwrap());

    fs::copy(root.join(file), &out).unwrap();
    stdout(&["append", &out, file]);
    assert_eq!(npymap(&["cat", "--format", "raw", &out]).stdout, [every.clone(), every].concat());
    // Raw bytes without a name may be of any other dtype.
    let raw = at(&folder, "raw.npy");
    npymap::save(&raw, &[[[7u8]; 16]]).unwrap();
    let error = stderr(&["append", &out, &raw]);
    assert!(error.contains("dtype '|V1'"), "{error}");

    let error = stderr(&["convert", "--dtype", "f4", file, &out]);
    assert_eq!(error, format!("npymap: {file}: there is no cast from dtype {} to float32\n", shown("<f1")));
    let error = stderr(&["plot", file]);
    assert_eq!(error, format!("npymap: {file}: dtype {} has no numbers to draw\n", shown("<f1")));
}
