//! A text as a Jupyter notebook.

use super::Code;
use std::fmt::Write;

/// The notebook (nbformat 4) that has a text: a cell for each of its parts.
pub fn notebook(code: &Code) -> String {
    let cells = cells(&code.text);
    let mut text = String::from("{\n \"cells\": [\n");
    for (at, cell) in cells.iter().enumerate() {
        let end = if at + 1 < cells.len() { "," } else { "" };
        let lines: Vec<String> = cell.split_inclusive('\n').map(quoted).collect();
        let lines = lines.join(",\n    ");
        let _ = write!(
            text,
            "  {{\n   \"cell_type\": \"code\",\n   \"execution_count\": null,\n   \"id\": \"cell-{at}\",\n   \
             \"metadata\": {{}},\n   \"outputs\": [],\n   \"source\": [\n    {lines}\n   ]\n  }}{end}\n"
        );
    }
    text.push_str(
        " ],\n \"metadata\": {\n  \"kernelspec\": {\n   \"display_name\": \"Python 3\",\n   \
         \"language\": \"python\",\n   \"name\": \"python3\"\n  },\n  \"language_info\": {\n   \
         \"name\": \"python\"\n  }\n },\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}\n",
    );
    text
}

/// The parts of a text: what empty lines divide, where the next line is not indented
/// and no function goes on.
fn cells(text: &str) -> Vec<String> {
    let mut cells: Vec<String> = Vec::new();
    let mut empty = true;
    for line in text.lines() {
        if line.is_empty() {
            empty = true;
            if let Some(cell) = cells.last_mut() {
                cell.push('\n');
            }
            continue;
        }
        match cells.last_mut() {
            Some(cell) if !empty || line.starts_with(' ') => {
                cell.push_str(line);
                cell.push('\n');
            }
            _ => cells.push(format!("{line}\n")),
        }
        empty = false;
    }
    cells
        .iter()
        .map(|cell| cell.trim_end().to_owned())
        .collect()
}

/// A string as JSON has it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
