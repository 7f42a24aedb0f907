//! `L = x; repeat n: L = sin(L)·1.01 + x`.

/// L and its gradient; `links` keeps what the backward pass reads.
#[inline(never)]
pub fn chain(x: f64, links: &mut [f64]) -> [f64; 2] {
    let mut output = x;
    for link in &mut *links {
        *link = output;
        output = output.sin() * 1.01 + x;
    }
    let (mut upstream, mut gradient) = (1.0, 0.0);
    for link in links.iter().rev() {
        gradient += upstream;
        upstream *= 1.01 * link.cos();
    }
    [output, gradient + upstream]
}
