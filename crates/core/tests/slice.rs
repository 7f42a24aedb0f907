//! The local gradient slice: the lecture's numbers, and every operation's slices.

mod support;

use backflow_core::lesson::{Line, Slice, Whole};
use support::taught::Taught;

const MATMUL: &str = "x = [[2, 1, -3], [-3, 4, 2]]
w = [[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]
y = x @ w";
#[test]
fn show() {
    for source in [MATMUL,"x = [1, -2, 3, -1]\nz = relu(x)","x=[1,2,3]\np = softmax(x)","x=[1,2,3]\ny=sum(x)","x=[[1,2],[3,4]]\nb=[1,2]\ny=x*b", "x=[1,2]\nw=[[1,2],[3,4]]\ny=x@w","x=[[1,2],[3,4]]\ny=mean(x,axis=1)","x = [1,2,3]\ny = max(x)", "x=[1,2,3]\ny = x*x+exp(x)"] {
        let mut t = Taught::new(source);
        let up = t.scene.upstream;
        let us = [2.,3.,-3.,9.,-8.,1.,4.,6.];
        let n = t.scene.nodes[t.scene.output].shape.iter().product::<usize>();
        t.arena[up..up+n].copy_from_slice(&us[..n]);
        let m = &t.model; m.plan.run(&mut t.arena);
        println!("===== {source}");
        for wire in 0..t.scene.wires.len() {
            let Some(l) = t.ask(|l, now| l.lens_of_wire(now, wire, usize::MAX)) else {continue};
            println!("-- {} | {} | {} | {}x{} | {:?}", l.title.plain(), l.structure, l.why, l.rows, l.columns, l.too_large);
            println!("   {:?} {:?}", l.row_names, l.column_names);
            println!("   {:?} {:?} {:?} {:?}", l.entries, l.explicit, l.implicit, l.difference);
            for r in &l.rule { println!("   {}     {}", r.text, r.latex); }
            println!("   {:?} {:?}", l.by_matrix, l.by_rule);
            for e in 0..2 {
                let Some(s) = t.ask(|l, now| l.slice(now, wire, e, usize::MAX)) else {continue};
                println!("   {} {:?} {:?}", s.text, s.entries, s.lit);
                for r in &s.lines { println!("     {}", r.text); }
            }
            let w = t.ask(|l, now| l.whole(now, wire, usize::MAX)).unwrap();
                for r in &w.lines { println!("   w:  {}", r.text); }
                for r in &w.orders { println!("   w:  {} | {} {}", r.line.text, r.fits, r.why); }
        }
    }
    println!("{:#?}", backflow_core::lesson::sizes(64,4096,4096));
}
