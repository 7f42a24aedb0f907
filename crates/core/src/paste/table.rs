//! Rows of cells: what spreadsheets copy, CSV, numbers between spaces.

use super::number::{Comma, cell};
use super::{Pasted, count, told};

pub(super) fn read(text: &str) -> Result<Pasted, String> {
    let lines = text.split(['\n', '\r']);
    let lines = lines.filter(|line| !line.trim_matches(' ').is_empty());
    let (rows, comma) = if text.contains('\t') {
        split(lines, '\t')
    } else if text.contains(';') && text.split([';', '\n']).any(is_spaced) {
        // A matrix as MATLAB writes it, without its brackets.
        let rows = lines.flat_map(|line| line.split(';'));
        let rows = rows.map(|row| words(row).collect::<Vec<_>>());
        let rows = rows.filter(|row| !row.is_empty());
        (rows.collect(), Comma::Thousands)
    } else if text.contains(';') {
        split(lines, ';')
    } else if text.contains(',') {
        (split(lines, ',').0, Comma::Thousands)
    } else {
        let rows = lines.map(|line| line.split_whitespace().collect());
        (rows.collect(), Comma::Thousands)
    };
    numbers(&rows, comma)
}

/// Whether spaces stand between the numbers of a row.
fn is_spaced(row: &str) -> bool {
    row.split_whitespace().count() > 1
}

/// The parts of a row between spaces or commas.
fn words(row: &str) -> impl Iterator<Item = &str> {
    let parts = row.split(|c: char| c.is_whitespace() || c == ',');
    parts.filter(|part| !part.is_empty())
}

/// The cells between a separator, and what a comma means in them.
fn split<'t>(lines: impl Iterator<Item = &'t str>, by: char) -> (Vec<Vec<&'t str>>, Comma) {
    let bare = |cell: &'t str| cell.trim().trim_matches('"').trim();
    let mut rows: Vec<Vec<&str>> = lines
        .map(|line| line.split(by).map(bare).collect())
        .collect();
    // Separators behind the last cell of every row make no column.
    let ends = |row: &Vec<&str>| row.len() > 1 && row.last().is_some_and(|cell| cell.is_empty());
    while !rows.is_empty() && rows.iter().all(ends) {
        for row in &mut rows {
            row.pop();
        }
    }
    let comma = comma(rows.iter().flatten().copied());
    (rows, comma)
}

/// What a comma means in a table whose cells it does not separate: the decimal point, unless
/// some cell has another one or more commas than one.
fn comma<'t>(mut cells: impl Iterator<Item = &'t str> + Clone) -> Comma {
    let has_point = |cell: &str| match (cell.find(','), cell.rfind('.')) {
        (Some(comma), Some(dot)) => comma < dot,
        (None, Some(dot)) => cell.len() - dot != 4,
        _ => cell.matches(',').count() > 1,
    };
    let is_decimal = cells.clone().any(|cell| cell.contains(',')) && !cells.any(has_point);
    if is_decimal {
        Comma::Decimal
    } else {
        Comma::Thousands
    }
}

fn numbers(rows: &[Vec<&str>], comma: Comma) -> Result<Pasted, String> {
    let columns = rows.first().map_or(0, Vec::len);
    let mut values = Vec::with_capacity(rows.len() * columns);
    for (at, row) in rows.iter().enumerate() {
        let at = at + 1;
        for (column, text) in row.iter().enumerate() {
            if text.is_empty() {
                return Err(format!(
                    "row {at} has an empty cell, in column {}",
                    column + 1
                ));
            }
            let value = cell(text, comma);
            values.push(value.map_err(|why| {
                let (text, column) = (told(text), column + 1);
                format!("{text} in row {at}, column {column} {why}")
            })?);
        }
        if row.len() != columns {
            let (here, first) = (count(row.len(), "number"), columns);
            return Err(format!("row {at} has {here}, row 1 has {first}"));
        }
    }
    let shape = match (rows.len(), columns) {
        (0, _) | (_, 0) => return Err("there are no numbers in the text".to_owned()),
        (1, 1) => Vec::new(),
        (1, columns) => vec![columns],
        (rows, columns) => vec![rows, columns],
    };
    Ok(Pasted { shape, values })
}
