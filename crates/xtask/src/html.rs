//! The links of `index.html` that trunk acts upon, and the page without them.

use std::ops::Range;

/// What a release may load and run: its own files, and WebAssembly.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

/// A `<link data-trunk>` of a page.
pub struct Link<'a> {
    range: Range<usize>,
    attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Link<'a> {
    /// Value of an attribute, empty where it has none.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.attributes
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| *value)
    }
}

/// The links of a page that are trunk's, in order. Comments are passed over.
pub fn links(html: &str) -> Vec<Link<'_>> {
    let mut links = Vec::new();
    let mut at = 0;
    while let Some(start) = html[at..].find('<').map(|offset| at + offset) {
        let rest = &html[start..];
        let length = if rest.starts_with("<!--") {
            rest.find("-->").map(|end| end + 3)
        } else {
            rest.find('>').map(|end| end + 1)
        };
        let Some(length) = length else { break };
        at = start + length;
        if let Some(inside) = rest[..length].strip_prefix("<link") {
            let attributes = attributes(inside.trim_end_matches(['>', '/']));
            let link = Link {
                range: start..at,
                attributes,
            };
            if link.get("data-trunk").is_some() {
                links.push(link);
            }
        }
    }
    links
}

fn attributes(mut text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    loop {
        text = text.trim_start();
        let rest = text.trim_start_matches(|at: char| at != '=' && !at.is_whitespace());
        let name = text.strip_suffix(rest).unwrap_or_default();
        if name.is_empty() {
            return found;
        }
        let Some(value) = rest.strip_prefix('=') else {
            found.push((name, ""));
            text = rest;
            continue;
        };
        let quoted = value
            .strip_prefix('"')
            .and_then(|value| value.split_once('"'));
        let (value, rest) = quoted
            .or_else(|| value.split_once(char::is_whitespace))
            .unwrap_or((value, ""));
        found.push((name, value));
        text = rest;
    }
}

/// The page as it is served: without the links meant for trunk and, in a release,
/// with a Content-Security-Policy. (trunk's live reload is an inline script, which
/// the policy would silence.)
pub fn finish(html: &str, release: bool) -> String {
    let mut finished = String::with_capacity(html.len() + POLICY.len());
    let mut at = 0;
    for link in links(html) {
        finished.push_str(html[at..link.range.start].trim_end());
        at = link.range.end;
    }
    finished.push_str(&html[at..]);
    if release {
        finished = finished.replacen(
            "<head>",
            &format!(
                "<head>\n    <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">"
            ),
            1,
        );
    }
    finished
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
<!doctype html>
<head>
    <!-- <link data-trunk rel=\"css\" href=\"old.css\"> -->
    <link rel=\"stylesheet\" href=\"web/page.css\">
    <link data-trunk rel=\"rust\" href=\"crates/wasm\" data-typescript data-wasm-opt=\"0\">
    <link rel=copy-dir href=web data-trunk/>
</head>
";

    #[test]
    fn only_links_of_trunk_outside_comments_are_found() {
        let found: Vec<_> = links(PAGE)
            .iter()
            .map(|link| (link.get("rel"), link.get("href")))
            .collect();
        assert_eq!(
            found,
            [
                (Some("rust"), Some("crates/wasm")),
                (Some("copy-dir"), Some("web"))
            ]
        );
    }

    #[test]
    fn an_attribute_may_be_bare() {
        let found = links(PAGE);
        assert_eq!(found[0].get("data-typescript"), Some(""));
        assert_eq!(found[0].get("data-wasm-opt"), Some("0"));
        assert_eq!(found[0].get("data-target-path"), None);
    }

    #[test]
    fn the_finished_page_keeps_all_other_lines() {
        let finished = finish(PAGE, false);
        assert_eq!(
            finished,
            "\
<!doctype html>
<head>
    <!-- <link data-trunk rel=\"css\" href=\"old.css\"> -->
    <link rel=\"stylesheet\" href=\"web/page.css\">
</head>
"
        );
        assert_eq!(finish(&finished, false), finished);
    }

    #[test]
    fn a_release_has_its_policy_before_anything_it_governs() {
        let finished = finish(PAGE, true);
        let policy = finished.find("Content-Security-Policy");
        assert!(policy.is_some() && policy < finished.find("stylesheet"));
        assert!(finished.contains("script-src 'self' 'wasm-unsafe-eval';"));
    }

    #[test]
    fn a_tag_that_never_ends_is_no_link() {
        assert!(links("<link data-trunk rel=\"rust\"").is_empty());
        assert!(links("<!-- <link data-trunk>").is_empty());
    }
}
