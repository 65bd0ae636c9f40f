//! What a user may write behind `npymap`: any text is understood or refused, and nothing is done before that.

use npymap::{DType, Slice};
use npymap_cli::{parse, run_with};
use proptest::prelude::*;

/// Words that mean something, and some that do not.
fn word() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
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
        "refs",
        "bench",
        "completions",
        "man",
        "help",
        "--help",
        "--version",
        "--json",
        "--axis",
        "--axis=-1",
        "--files-from",
        "--slice",
        "--format",
        "--format=csv",
        "raw",
        "--order",
        "C",
        "f",
        "--byte-order",
        "big",
        "--dtype",
        "<f4",
        "M8[ms]",
        "--lossy",
        "--deflate",
        "--level",
        "9",
        "--store",
        "-d",
        "--force",
        "--hist",
        "--lines",
        "--bins",
        "--width",
        "--precision",
        "--seconds",
        "--rtol",
        "1e-5",
        "--atol",
        "nan",
        "-q",
        "--max-header",
        "--max-nesting",
        "--max-fields",
        "x.npy",
        "a.npz:b",
        "x=y.npy",
        "-",
        "--",
        "=",
        ":",
        "",
    ];
    let slice = "[-0-9:,. ]{0,8}|\\.\\.\\.|None";
    prop_oneof![4 => prop::sample::select(WORDS).prop_map(str::to_string), 1 => slice, 1 => any::<String>()]
}

/// The words of a call whose option `--slice` or `--dtype` has that value.
fn with(option: &str, value: &str) -> Vec<String> {
    ["convert", "in.npy", "out.npy"]
        .map(str::to_string)
        .into_iter()
        .chain([format!("{option}={value}")])
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_words_are_a_call_or_a_usage_error(words in prop::collection::vec(word(), 0..8)) {
        match parse(words.clone()) {
            Ok(call) => prop_assert!(call.starts_with("Args"), "{}", call),
            Err(message) => {
                prop_assert!(!message.is_empty());
                // Nothing else is said when it is to be run, and nothing is printed.
                let mut out = Vec::new();
                prop_assert_eq!(run_with(words, &mut out), Err(message));
                prop_assert!(out.is_empty());
            }
        }
    }

    #[test]
    fn a_slice_is_what_the_library_takes_for_one(text in "[-0-9:,. ]{0,12}|\\PC{0,12}|(None|\\.\\.\\.|-?[0-9]{1,20})(,:?){0,3}") {
        let call = parse(with("--slice", &text));
        match text.parse::<Slice>() {
            Ok(slice) => {
                let shown = format!("slice: Some({slice:?})");
                prop_assert!(call.unwrap().contains(&shown));
            }
            Err(error) => {
                let message = call.unwrap_err();
                prop_assert!(message.contains("--slice <SLICE>"), "{}", message);
                // The message may be escaped or wrapped, but starts as the library's.
                let start: String = error.to_string().chars().take_while(char::is_ascii_graphic).collect();
                prop_assert!(message.contains(&start), "{}", message);
            }
        }
    }

    #[test]
    fn a_dtype_is_what_the_library_takes_for_one(text in "[<>|=]?[a-zA-Z?][0-9]{0,3}(\\[[0-9]{0,2}[a-zA-Z]{1,2}\\])?|\\PC{0,12}") {
        let call = parse(with("--dtype", &text));
        match text.parse::<DType>() {
            Ok(dtype) => {
                let shown = format!("dtype: Some({dtype:?})");
                prop_assert!(call.unwrap().contains(&shown));
            }
            Err(_) => prop_assert!(call.unwrap_err().contains("--dtype <DTYPE>")),
        }
    }

    #[test]
    fn numbers_beyond_what_is_asked_for_are_usage_errors(number in any::<i64>(), seconds in any::<f64>()) {
        let call = |words: &[&str]| parse(words.iter().map(ToString::to_string)).is_ok();
        let text = number.to_string();
        prop_assert_eq!(call(&["plot", "x.npy", "--bins", &text]), (1..=1000).contains(&number));
        prop_assert_eq!(call(&["plot", "x.npy", "--width", &text]), (16..=8192).contains(&number));
        prop_assert_eq!(call(&["plot", "x.npy", "--height", &text]), (4..=8192).contains(&number));
        prop_assert_eq!(call(&["repack", "--deflate", "--level", &text, "a", "b"]), (1..=9).contains(&number));
        prop_assert_eq!(call(&["stats", "x.npy", "--axis", &text]), isize::try_from(number).is_ok());
        prop_assert_eq!(call(&["info", "x.npy", "--max-header", &text]), usize::try_from(number).is_ok());
        let text = format!("--seconds={seconds}");
        prop_assert_eq!(call(&["bench", "x.npy", &text]), (0.0..=3600.0).contains(&seconds));
    }
}
