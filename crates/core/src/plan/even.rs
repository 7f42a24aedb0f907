//! Operands that lie evenly in the arena: then they need no table of slots.

/// Shorter pieces than this, on the average, are slower than a table of slots.
const WORTH: usize = 8;

/// Turns a run of gates round if its operands lie the other way: a backward pass
/// goes from the last gate to the first.
pub fn ascend(slots: &mut [u32], gates: &mut [u32]) {
    let mut ascents = 0isize;
    for column in slots.chunks_exact(gates.len()) {
        for pair in column.windows(2) {
            ascents += isize::from(pair[1] > pair[0]) - isize::from(pair[1] < pair[0]);
        }
    }
    if ascents < 0 {
        for column in slots.chunks_exact_mut(gates.len()) {
            column.reverse();
        }
        gates.reverse();
    }
}

/// Cuts a run of gates into pieces in which every operand lies as far behind the
/// last gate's as in the whole piece. `slots` has as many slots as there are gates
/// for the first operand, then as many for the second, and so on.
///
/// Each piece is its length, then for each operand the first slot and the step.
/// None if the pieces are too many.
pub fn pieces(slots: &[u32], gates: usize) -> Option<Vec<u32>> {
    let most = gates / WORTH;
    if most == 0 {
        return None;
    }
    let mut pieces = Vec::new();
    let mut start = 0;
    for _ in 0..most {
        // As far as every operand goes on in its first step.
        let mut end = gates;
        for column in slots.chunks_exact(gates) {
            let column = &column[start..end];
            let step = |pair: &[u32]| pair[1].wrapping_sub(pair[0]);
            let mut steps = column.windows(2).map(step);
            if let Some(first) = steps.next() {
                let same = steps.take_while(|&step| step == first).count();
                end = start + 2 + same;
            }
        }
        pieces.push((end - start) as u32);
        for column in slots.chunks_exact(gates) {
            let next = column.get(start + 1).filter(|_| start + 1 < end);
            let step = next.map_or(0, |next| next.wrapping_sub(column[start]));
            pieces.extend([column[start], step]);
        }
        start = end;
        if start == gates {
            return Some(pieces);
        }
    }
    None
}
