//! What must stay true of the tree itself, whatever is in it: files know only what stands below them, none is too long,
//! and the pages lead where they say.
//!
//! This file is not published: what it looks at is not either.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Lines of a file without its tests.
const LINES_MOST: usize = 400;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a folder that end with `ending`, but for what is built, and their paths.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && !name.starts_with(".venv") && name != ".git" {
            found.extend(files(&path, ending));
        } else if path.is_file() && name.ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The code of a file without comments and the tests at its end.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split_once("#[cfg(test)]\nmod tests {").map_or(text.as_str(), |(code, _)| code);
    text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

type Module = Vec<String>;

/// The modules below a folder, with their code.
fn modules(folder: &Path) -> BTreeMap<Module, String> {
    let named = files(folder, ".rs").into_iter().map(|path| {
        let mut module: Module = path
            .strip_prefix(folder)
            .unwrap()
            .with_extension("")
            .components()
            .map(|part| part.as_os_str().to_str().unwrap().to_string())
            .collect();
        if matches!(module.last().unwrap().as_str(), "mod" | "lib" | "main") {
            module.pop();
        }
        (module, code(&path))
    });
    named.filter(|(module, _)| !module.iter().any(|part| part == "tests")).collect()
}

/// The paths that a `use` names: `a::{b, c::d}` has two.
fn paths(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((prefix, group)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap().trim();
        return if path.is_empty() { Vec::new() } else { vec![path.to_string()] };
    };
    let group = group.strip_suffix('}').unwrap();
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&group[start..]);
    items.into_iter().flat_map(paths).map(|path| format!("{prefix}{path}")).collect()
}

/// What the modules take from each other.
struct House {
    modules: BTreeMap<Module, String>,
    /// By module and name: where a name comes from that the module hands on.
    handed_on: BTreeMap<(Module, String), (Module, Vec<String>)>,
}

impl House {
    fn new(folder: &Path) -> Self {
        let modules = modules(folder);
        let mut house = Self { modules, handed_on: BTreeMap::new() };
        for module in house.modules.keys().cloned().collect::<Vec<_>>() {
            for (_, path) in house.uses(&module).into_iter().filter(|(is_public, _)| *is_public) {
                let name = path.rsplit("::").next().unwrap().to_string();
                // A macro of the module's own.
                if name == path {
                    continue;
                }
                let (base, rest) = start(&module, &path)
                    .unwrap_or_else(|| (module.clone(), path.split("::").map(str::to_string).collect()));
                house.handed_on.insert((module.clone(), name), (base, rest));
            }
        }
        house
    }

    /// The paths that a module uses, and whether it hands them on.
    fn uses(&self, module: &Module) -> Vec<(bool, String)> {
        let code = &self.modules[module];
        let mut found = Vec::new();
        for (at, line) in code.lines().map(|line| (line.as_ptr() as usize - code.as_ptr() as usize, line)) {
            let words = line.trim_start();
            let Some((before, _)) = words.split_once("use ") else { continue };
            let is_public = before.starts_with("pub") && !before.trim_end().contains(' ');
            if is_public || before.is_empty() {
                let start = at + (line.len() - words.len()) + before.len() + "use ".len();
                let tree = code[start..].split(';').next().unwrap();
                found.extend(paths(tree).into_iter().map(|path| (is_public, path)));
            }
        }
        found
    }

    /// The module that a path leads into.
    fn home(&self, mut module: Module, rest: &[String]) -> Module {
        for (at, part) in rest.iter().enumerate() {
            let inner = [module.as_slice(), std::slice::from_ref(part)].concat();
            if self.modules.contains_key(&inner) {
                module = inner;
            } else if let Some((base, path)) = self.handed_on.get(&(module.clone(), part.clone())) {
                return self.home(base.clone(), &[path.as_slice(), &rest[at + 1..]].concat());
            } else {
                break;
            }
        }
        module
    }

    /// What each module knows.
    fn known(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let known = |module: &Module| {
            let own = self.uses(module).into_iter().filter(|(is_public, _)| !is_public);
            let homes =
                own.filter_map(|(_, path)| start(module, &path)).map(|(base, rest)| self.home(base, &rest));
            homes.filter(|home| home != module).collect()
        };
        self.modules.keys().map(|module| (module, known(module))).collect()
    }

    /// Groups of modules each of which knows, in the end, all others.
    fn circles(&self) -> BTreeSet<Vec<String>> {
        circles(&self.known().into_iter().map(|(module, known)| (module.clone(), known)).collect())
    }

    /// The folder whose file a module is.
    fn folder(&self, module: &Module) -> Module {
        let has_files =
            self.modules.keys().any(|other| other.len() > module.len() && other.starts_with(module));
        let end = if has_files { module.len() } else { module.len().saturating_sub(1) };
        module[..end].to_vec()
    }

    /// Groups of folders each of which knows, in the end, all others.
    fn folder_circles(&self) -> BTreeSet<Vec<String>> {
        let mut folders: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
        for (module, known) in self.known() {
            let folder = self.folder(module);
            let others = known.iter().map(|other| self.folder(other)).filter(|other| *other != folder);
            folders.entry(folder.clone()).or_default().extend(others.collect::<Vec<_>>());
        }
        circles(&folders)
    }
}

/// Groups each of which knows, in the end, all others.
fn circles(known: &BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<Vec<String>> {
    let reach = |from: &Module| {
        let (mut reached, mut left) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(next) = left.pop() {
            let found = known.get(&next).into_iter().flatten();
            left.extend(
                found.filter(|module| reached.insert((*module).clone())).cloned().collect::<Vec<_>>(),
            );
        }
        reached
    };
    let reached: BTreeMap<&Module, BTreeSet<Module>> =
        known.keys().map(|module| (module, reach(module))).collect();
    let is_both = |a: &Module, b: &Module| reached[a].contains(b) && reached[b].contains(a);
    let circle = |a: &Module| -> Vec<String> {
        known.keys().filter(|b| is_both(a, b)).map(|module| module.join("/")).collect()
    };
    known.keys().map(circle).filter(|circle| !circle.is_empty()).collect()
}

/// Where a path that starts within the crate starts, and what follows; `None` for one of another crate.
fn start(module: &Module, path: &str) -> Option<(Module, Vec<String>)> {
    let mut parts = path.split("::").map(str::to_string).peekable();
    let mut base = module.clone();
    match parts.peek()?.as_str() {
        "crate" => base = Vec::new(),
        "self" | "super" => {}
        _ => return None,
    }
    while let Some(part) = parts.next_if(|part| matches!(part.as_str(), "crate" | "self" | "super")) {
        if part == "super" {
            base.pop();
        }
    }
    Some((base, parts.collect()))
}

#[test]
fn files_know_only_what_stands_below_them() {
    let house = House::new(&root().join("src"));
    let known: usize = house.known().values().map(BTreeSet::len).sum();
    assert!(known > 300, "the code is not read as it is: {known} arrows");
    for package in ["src", "cli/src", "derive/src"] {
        assert_eq!(House::new(&root().join(package)).circles(), BTreeSet::new(), "{package}");
    }
}

/// In the library; the command has its foundation and its top in one folder.
#[test]
fn folders_know_only_what_stands_below_them() {
    assert_eq!(House::new(&root().join("src")).folder_circles(), BTreeSet::new());
}

#[test]
fn circles_are_seen() {
    let modules = [
        (&["a"][..], "use crate::b::inner::{Thing, other};"),
        (&["b"], "pub(crate) use inner::Thing;"),
        (&["b", "inner"], "use std::io;\n#[cfg(test)]\nuse super::super::c::{self};"),
        (&["c"], "fn f() {}\nuse crate::{\n    a::A,\n    d,\n};"),
        (&["d"], "use std::fmt;"),
    ];
    let modules =
        modules.map(|(path, code)| (path.iter().map(ToString::to_string).collect(), code.to_string()));
    let house = House { modules: modules.into_iter().collect(), handed_on: BTreeMap::new() };
    assert_eq!(house.circles(), BTreeSet::from([["a", "b/inner", "c"].map(String::from).to_vec()]));

    // No file of two folders is in a circle, but the folders are.
    let modules = [
        (&["x"][..], ""),
        (&["x", "one"], "use crate::y::two;"),
        (&["x", "three"], ""),
        (&["y"], ""),
        (&["y", "two"], "use crate::x::three::Thing;"),
    ];
    let modules =
        modules.map(|(path, code)| (path.iter().map(ToString::to_string).collect(), code.to_string()));
    let house = House { modules: modules.into_iter().collect(), handed_on: BTreeMap::new() };
    assert_eq!(house.circles(), BTreeSet::new());
    assert_eq!(house.folder_circles(), BTreeSet::from([["x", "y"].map(String::from).to_vec()]));
}

#[test]
fn no_file_has_two_subjects() {
    for folder in ["src", "cli/src", "derive/src"] {
        for path in files(&root().join(folder), ".rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            assert!(code.lines().count() <= LINES_MOST, "{}: split it by subject", path.display());
        }
    }
}

#[test]
fn the_front_door_has_no_logic() {
    let code = code(&root().join("src/lib.rs"));
    for word in ["fn ", "impl ", "let ", "trait ", "enum "] {
        assert!(!code.contains(word), "src/lib.rs has {word:?}");
    }
}

/// Links of the pages to files and to headings of theirs; those to items of the crate are rustdoc's to check.
#[test]
fn every_link_of_the_pages_leads_somewhere() {
    let mut links = 0;
    for page in files(root(), ".md") {
        let text = fs::read_to_string(&page).unwrap();
        let outside_code = text.split("```").step_by(2).collect::<String>();
        let inline = outside_code.match_indices("](").map(|(at, _)| {
            let target = &outside_code[at + 2..];
            &target[..target.find(')').unwrap()]
        });
        let defined = outside_code.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: "));
        for target in inline.chain(defined.map(|(_, target)| target)) {
            if target.starts_with("https://") || target.starts_with("crate::") {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            assert!(path.exists(), "{}: {target} is not there", page.display());
            let headings = fs::read_to_string(&path).unwrap_or_default();
            let mut headings = headings.lines().filter(|line| line.starts_with('#')).map(anchor);
            assert!(
                heading.is_empty() || headings.any(|found| found == heading),
                "{}: {target}",
                page.display()
            );
            links += 1;
        }
    }
    assert!(links > 5, "only {links} links were found");
}

/// What a heading is called in a link.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Files that the pages name in passing, as `src/header/mod.rs`.
#[test]
fn every_file_that_the_pages_name_is_there() {
    let mut named = 0;
    for page in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "fuzz/README.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        for name in text.split("```").step_by(2).flat_map(|part| part.split('`').skip(1).step_by(2)) {
            let is_path = name.contains('/') && !name.contains([' ', '*', '<', '…', ':', '"', '(']);
            let first = Path::new(name).components().next();
            let is_ours = matches!(first, Some(Component::Normal(folder)) if root().join(folder).is_dir());
            if is_path && is_ours && folder_is_kept(name) {
                assert!(root().join(name).exists(), "{page}: {name} is not there");
                named += 1;
            }
        }
    }
    assert!(named > 30, "only {named} names were found");
}

/// Whether it is a place of the repository, rather than one that tools make.
fn folder_is_kept(name: &str) -> bool {
    !name.starts_with("target") && !name.starts_with("fuzz/target") && !name.starts_with("fuzz/artifacts")
}
