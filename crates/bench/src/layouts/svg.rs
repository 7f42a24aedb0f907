//! A picture to look at: rectangles, wires, and where labels have their room.

use super::Graph;
use super::count::Drawn;
use std::fmt::Write;

/// The picture as SVG.
pub fn svg(graph: &Graph, drawn: &Drawn) -> String {
    let (width, height) = (drawn.size.width, drawn.size.height);
    let mut text = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='{width:.0}' height='{height:.0}' \
         font-family='sans-serif' font-size='13' text-anchor='middle'>\
         <rect width='100%' height='100%' fill='#fdfdfb'/>"
    );
    // A string takes whatever is written to it.
    let mut put = |piece: std::fmt::Arguments<'_>| text.write_fmt(piece).unwrap_or_default();
    for (frame, title) in drawn.frames.iter().zip(&graph.titles) {
        put(format_args!(
            "<rect x='{:.1}' y='{:.1}' width='{:.1}' height='{:.1}' rx='8' fill='#0000000a' \
             stroke='#999' stroke-dasharray='4 3'/><text x='{:.1}' y='{:.1}' text-anchor='start'>{title}</text>",
            frame.x,
            frame.y,
            frame.width,
            frame.height,
            frame.x + 8.0,
            frame.y + 16.0,
        ));
    }
    for line in &drawn.lines {
        put(format_args!(
            "<polyline fill='none' stroke='#222' stroke-width='1.5' points='"
        ));
        for point in line {
            put(format_args!("{:.1},{:.1} ", point.x, point.y));
        }
        put(format_args!("'/>"));
    }
    for (at, link) in drawn.labels.iter().zip(&graph.links) {
        if link.label.height > 0.0 {
            put(format_args!(
                "<text x='{0:.1}' y='{1:.1}' fill='#0b7a3b'>−12.3</text>\
                 <text x='{0:.1}' y='{2:.1}' fill='#c1272d'>−0.456</text>",
                at.x,
                at.y - 4.0,
                at.y + 13.0,
            ));
        }
    }
    for ((at, size), name) in drawn.centres.iter().zip(&graph.sizes).zip(&graph.texts) {
        if size.height <= 0.0 {
            continue;
        }
        let gate = size.height > 30.0;
        let fill = if gate { "#fff" } else { "none" };
        let round = (size.width - size.height).abs() < 0.5;
        let radius = if round { size.height / 2.0 } else { 10.0 };
        let stroke = if gate { "#222" } else { "none" };
        put(format_args!(
            "<rect x='{:.1}' y='{:.1}' width='{:.1}' height='{:.1}' rx='{radius}' fill='{fill}' stroke='{stroke}'/>\
             <text x='{:.1}' y='{:.1}'>{}</text>",
            at.x - size.width / 2.0,
            at.y - size.height / 2.0,
            size.width,
            size.height,
            at.x,
            at.y + 4.5,
            name.replace('&', "&amp;").replace('<', "&lt;"),
        ));
    }
    text.push_str("</svg>");
    text
}
