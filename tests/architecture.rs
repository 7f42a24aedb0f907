//! The rules of the code itself: who may know whom.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each module of the core crate may use of the others.
const MAY_USE: &[(&str, &[&str])] = &[
    ("source", &["sort"]),
    ("host", &[]),
    ("shape", &[]),
    ("sort", &[]),
    ("count", &[]),
    ("layout", &["sort"]),
    ("op", &["shape"]),
    ("paste", &["host", "lower", "number"]),
    ("syntax", &["count", "host", "number", "source"]),
    ("graph", &["op", "shape", "source"]),
    ("build", &["graph", "op", "shape"]),
    ("definition", &["build", "graph", "op", "shape"]),
    ("diff", &["build", "definition", "graph", "op", "shape"]),
    (
        "codegen",
        &[
            "build",
            "definition",
            "diff",
            "graph",
            "host",
            "lesson",
            "lower",
            "model",
            "op",
            "scene",
            "shape",
            "sort",
            "view",
        ],
    ),
    ("composite", &["build", "definition", "graph"]),
    ("plan", &["graph", "op", "shape"]),
    (
        "lower",
        &[
            "build", "count", "diff", "graph", "host", "number", "op", "shape", "sort", "source",
            "syntax",
        ],
    ),
    (
        "view",
        &[
            "build",
            "composite",
            "count",
            "diff",
            "graph",
            "lower",
            "number",
            "op",
            "sort",
            "source",
        ],
    ),
    (
        "model",
        &[
            "build", "diff", "graph", "host", "lower", "number", "op", "plan", "shape", "sort",
            "source", "syntax", "view",
        ],
    ),
    (
        "modes",
        &[
            "build",
            "definition",
            "diff",
            "graph",
            "lower",
            "model",
            "number",
            "op",
            "plan",
            "shape",
            "sort",
        ],
    ),
    (
        "scene",
        &[
            "build",
            "definition",
            "diff",
            "graph",
            "layout",
            "lower",
            "model",
            "number",
            "op",
            "plan",
            "shape",
            "sort",
            "source",
            "view",
        ],
    ),
    ("number", &["host"]),
    (
        "lesson",
        &[
            "build",
            "definition",
            "diff",
            "graph",
            "lower",
            "model",
            "modes",
            "number",
            "op",
            "plan",
            "scene",
            "shape",
            "sort",
            "view",
        ],
    ),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder, but those of tests.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("its entries").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() && name != "tests" {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && name != "tests.rs" {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The modules that a source names behind `crate::`, alone or in a group.
fn uses(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    // What a comment points to is not used.
    let code = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let source = code.collect::<Vec<_>>().join("\n");
    for (at, start) in source.match_indices("crate::") {
        let rest = &source[at + start.len()..];
        let names = rest
            .strip_prefix('{')
            .map_or(rest, |group| &group[..group.find('}').unwrap_or(0)]);
        let list = if rest.starts_with('{') {
            names.split(',').collect()
        } else {
            vec![names]
        };
        for name in list {
            let name = name.trim();
            let end = name
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(name.len());
            found.insert(name[..end].to_owned());
        }
    }
    found
}

#[test]
fn the_core_knows_only_what_it_may() {
    let core = root().join("crates/core/src");
    let mut seen = BTreeSet::new();
    for file in files(&core) {
        let inside = file.strip_prefix(&core).expect("a file of the core crate");
        let first = inside.iter().next().unwrap_or_default().to_string_lossy();
        let module = first.trim_end_matches(".rs");
        if module == "lib" {
            continue;
        }
        let (_, allowed) = MAY_USE
            .iter()
            .find(|rule| rule.0 == module)
            .unwrap_or_else(|| panic!("say in MAY_USE what the module '{module}' may use"));
        seen.insert(module.to_owned());
        let source = fs::read_to_string(&file).expect("a readable source");
        for used in uses(&source) {
            assert!(
                used == module || allowed.contains(&used.as_str()),
                "{} uses '{used}', which '{module}' may not know",
                inside.display()
            );
        }
    }
    assert_eq!(
        seen.len(),
        MAY_USE.len(),
        "a module of MAY_USE is gone: {seen:?}"
    );
}

#[test]
fn only_the_wasm_crate_knows_javascript() {
    for name in ["core", "cli", "xtask"] {
        let manifest = fs::read_to_string(root().join("crates").join(name).join("Cargo.toml"));
        let manifest = manifest.expect("a manifest");
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap_or_default();
        for package in ["wasm-bindgen", "js-sys", "web-sys"] {
            assert!(
                !dependencies.contains(package),
                "{name} depends on {package}"
            );
        }
    }
}

#[test]
fn the_page_writes_no_markup_from_text() {
    for entry in fs::read_dir(root().join("web")).expect("the page's modules") {
        let path = entry.expect("its entries").path();
        if path.extension().is_some_and(|e| e == "js") {
            let source = fs::read_to_string(&path).expect("a readable module");
            for way in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
            ] {
                assert!(!source.contains(way), "{} uses {way}", path.display());
            }
        }
    }
}

#[test]
fn the_types_of_the_boundary_are_those_that_are_sent() {
    let declared = fs::read_to_string(root().join("crates/wasm/src/types.rs")).expect("the types");
    let scene = fs::read_to_string(root().join("crates/core/src/scene/mod.rs")).expect("the scene");
    let view = fs::read_to_string(root().join("crates/core/src/view/mod.rs")).expect("the view");
    let lesson = |file: &str| {
        let file = root().join("crates/core/src/lesson").join(file);
        fs::read_to_string(file).expect("a part of the lesson")
    };
    let (element, lens, slice) = (
        lesson("element/mod.rs"),
        lesson("lens.rs"),
        lesson("slice.rs"),
    );
    let (cost, orders) = (lesson("cost.rs"), lesson("orders.rs"));
    let (paper, chain) = (lesson("paper.rs"), lesson("chain.rs"));
    let hessian = lesson("hessian.rs");
    let sources = [
        (&view, "View"),
        (&scene, "Scene"),
        (&scene, "SceneNode"),
        (&scene, "SceneWire"),
        (&scene, "SceneInput"),
        (&scene, "SceneName"),
        (&scene, "SceneBox"),
        (&scene, "SceneFold"),
        (&scene, "SceneStep"),
        (&scene, "Plate"),
        (&scene, "Spread"),
        (&element, "Lit"),
        (&element, "Element"),
        (&cost, "Cost"),
        (&lens, "Lens"),
        (&cost, "Sizes"),
        (&hessian, "Hessian"),
        (&slice, "Slice"),
        (&orders, "Order"),
        (&orders, "Whole"),
        (&paper, "Paper"),
        (&paper, "Growth"),
        (&chain, "Orders"),
        (&chain, "Chained"),
    ];
    for (declaring, name) in sources {
        let interface = fields(&declared, &format!("export interface {name} {{"), "");
        let sent = fields(declaring, &format!("pub struct {name} {{"), "pub ");
        let sent: Vec<String> = sent.iter().map(|field| camel(field)).collect();
        assert!(!sent.is_empty(), "{name} has no fields");
        assert_eq!(interface, sent, "{name}");
    }
}

/// The field names of a declaration, in order.
fn fields(source: &str, start: &str, prefix: &str) -> Vec<String> {
    let body = source.split(start).nth(1).unwrap_or_default();
    let body = &body[..body.find("\n}").unwrap_or(0)];
    let lines = body
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('/'));
    lines
        .filter_map(|line| Some(line.strip_prefix(prefix)?.split_once(':')?.0.to_owned()))
        .collect()
}

fn camel(name: &str) -> String {
    let mut parts = name.trim_start_matches("r#").split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        camel.push_str(letters.as_str());
    }
    camel
}
