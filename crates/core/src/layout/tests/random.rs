//! The invariants on graphs of any kind.

use proptest::prelude::*;

use super::{check, wires_under};
use crate::layout::{LABEL, Link, Size, layout, lists};

/// Sources and gates of up to four operands, each any earlier node.
fn graphs() -> impl Strategy<Value = (Vec<Size>, Vec<Link>)> {
    let node = (
        0..4_usize,
        20.0..60.0_f64,
        prop::collection::vec(any::<prop::sample::Index>(), 0..4),
    );
    prop::collection::vec(node, 1..60).prop_map(|nodes| {
        let mut sizes = Vec::new();
        let mut links = Vec::new();
        for (to, (kind, width, operands)) in nodes.into_iter().enumerate() {
            let gate = to > 0 && kind > 0 && !operands.is_empty();
            let (width, height) = if gate { (40.0, 40.0) } else { (width, 24.0) };
            sizes.push(Size { width, height });
            for (operand, from) in operands.iter().enumerate().filter(|_| gate) {
                let from = from.index(to);
                links.push(Link {
                    from,
                    to,
                    operand,
                    label: LABEL,
                });
            }
        }
        (sizes, links)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn any_graph_keeps_the_invariants((sizes, links) in graphs()) {
        let laid = layout(&sizes, &links);
        prop_assert_eq!(check(&sizes, &links, &laid), Ok(()));
        prop_assert_eq!(wires_under(&sizes, &links, &laid), []);
    }

    #[test]
    fn any_input_is_taken(
        sizes in prop::collection::vec((any::<f64>(), any::<f64>()), 0..12),
        links in prop::collection::vec((0..14_usize, 0..14_usize, 0..3_usize), 0..30),
    ) {
        let sizes: Vec<Size> = sizes.into_iter().map(|(width, height)| Size { width, height }).collect();
        let links: Vec<Link> = links.into_iter().map(|(from, to, operand)| Link { from, to, operand, label: LABEL }).collect();
        let laid = layout(&sizes, &links);
        prop_assert_eq!((laid.centres.len(), laid.routes.len()), (sizes.len(), links.len()));
        prop_assert!(laid.width.is_finite() && laid.height.is_finite());
    }

    #[test]
    fn sorting_counts_the_pairs_out_of_order(keys in prop::collection::vec(0..40_u64, 0..80)) {
        let pairs = keys.iter().enumerate();
        let expected: usize = pairs.map(|(i, a)| keys[i..].iter().filter(|b| a > b).count()).sum();
        let mut sorted = keys.clone();
        prop_assert_eq!(lists::sort(&mut sorted), expected as u64);
        prop_assert!(sorted.is_sorted());
        let indices = lists::sorted(keys.iter().map(|&key| key as u32));
        prop_assert!(indices.windows(2).all(|pair| (keys[pair[0]], pair[0]) < (keys[pair[1]], pair[1])));
        let in_order: Vec<u64> = indices.iter().map(|&index| keys[index]).collect();
        prop_assert_eq!(in_order, sorted);
    }
}
