//! Versions: of a package in a lock file, of a command, and whether two go together.

/// Version of a package in the text of a Cargo.lock.
pub fn locked<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines
        .nth(1)?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
}

/// The oldest Node in the text of a package.json: `"engines": { "node": ">=18" }`.
pub fn engine(package: &str) -> Option<&str> {
    let (_, engines) = package.split_once("\"engines\"")?;
    let (_, node) = engines.split_once("\"node\"")?;
    let (_, version) = node.split_once("\">=")?;
    Some(version.split_once('"')?.0.trim())
}

/// The version in what a command prints for `--version`.
pub fn printed(output: &str) -> Option<&str> {
    output.split_whitespace().find_map(|word| {
        let word = word.strip_prefix('v').unwrap_or(word);
        word.starts_with(|first: char| first.is_ascii_digit())
            .then_some(word)
    })
}

/// Whether `found` may stand in for `wanted` as Cargo reads versions below 1:
/// the same minor version, and not an older patch.
pub fn compatible(found: &str, wanted: &str) -> bool {
    match (numbers(found), numbers(wanted)) {
        (Some([major, minor, patch]), Some([wanted_major, wanted_minor, wanted_patch])) => {
            (major, minor) == (wanted_major, wanted_minor) && patch >= wanted_patch
        }
        _ => false,
    }
}

/// Whether `found` is `oldest` or later.
pub fn at_least(found: &str, oldest: &str) -> bool {
    matches!((numbers(found), numbers(oldest)), (Some(found), Some(oldest)) if found >= oldest)
}

fn numbers(version: &str) -> Option<[u64; 3]> {
    let parts: Vec<u64> = version
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect();
    parts.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "\
[[package]]
name = \"wasm-bindgen-shared\"
version = \"0.2.99\"

[[package]]
name = \"wasm-bindgen\"
version = \"0.2.130\"
dependencies = [
 \"cfg-if\",
]
";

    #[test]
    fn a_package_is_found_by_its_whole_name() {
        assert_eq!(locked(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked(LOCK, "wasm-bindgen-shared"), Some("0.2.99"));
        assert_eq!(locked(LOCK, "bindgen"), None);
    }

    #[test]
    fn a_command_says_its_version_in_several_ways() {
        assert_eq!(printed("wasm-bindgen 0.2.130\n"), Some("0.2.130"));
        assert_eq!(printed("wasm-bindgen 0.2.130 (5e1f8d3b6)"), Some("0.2.130"));
        assert_eq!(printed("v20.20.2"), Some("20.20.2"));
        assert_eq!(printed("command not found"), None);
    }

    #[test]
    fn a_later_patch_will_do_and_another_minor_will_not() {
        assert!(compatible("0.21.14", "0.21.14"));
        assert!(compatible("0.21.15", "0.21.14"));
        assert!(!compatible("0.21.9", "0.21.14"));
        assert!(!compatible("0.22.0", "0.21.14"));
        assert!(!compatible("0.21.14-beta.1", "0.21.14"));
    }

    #[test]
    fn the_commands_are_of_the_version_of_the_library() {
        let product = locked(include_str!("../../../Cargo.lock"), "wasm-bindgen");
        let commands = locked(include_str!("../../tools/Cargo.lock"), "wasm-bindgen-cli");
        assert!(product.is_some());
        assert_eq!(product, commands);
    }

    #[test]
    fn later_versions_are_at_least_earlier_ones() {
        for (found, oldest, fits) in [
            ("0.36.0", "0.36.0", true),
            ("0.37.1", "0.36.2", true),
            ("1.0.0", "0.36.0", true),
            ("0.35.9", "0.36.0", false),
            ("nightly", "0.36.0", false),
        ] {
            assert_eq!(at_least(found, oldest), fits, "{found} for {oldest}");
        }
    }
}
