//! The invariants on graphs of any kind.

use proptest::prelude::*;

use super::{check_grips, wires_under};
use crate::layout::{Asked, LABEL, Link, Size, layout, layout_in, lists};

/// What may stand beside a gate or a name, and makes it larger than where its wires end.
pub(super) fn plates() -> impl Strategy<Value = Option<Size>> {
    let plate = (12.0..460.0_f64, 12.0..340.0_f64);
    prop::option::weighted(0.3, plate)
        .prop_map(|plate| plate.map(|(width, height)| Size { width, height }))
}

/// A gate or name with what stands beside it.
pub(super) fn beside(size: Size, plate: Option<Size>) -> Size {
    plate.map_or(size, |plate| Size {
        width: size.width + plate.width,
        height: size.height.max(plate.height),
    })
}

/// Rectangles, where the wires into them end, and wires.
type Graph = (Vec<Size>, Vec<Size>, Vec<Link>);

/// Sources and gates of up to four operands, each any earlier node.
fn graphs() -> impl Strategy<Value = Graph> {
    let node = (
        0..4_usize,
        20.0..60.0_f64,
        prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        plates(),
    );
    prop::collection::vec(node, 1..60).prop_map(|nodes| {
        let (mut sizes, mut grips) = (Vec::new(), Vec::new());
        let mut links = Vec::new();
        for (to, (kind, width, operands, plate)) in nodes.into_iter().enumerate() {
            let gate = to > 0 && kind > 0 && !operands.is_empty();
            let (width, height) = if gate { (40.0, 40.0) } else { (width, 24.0) };
            grips.push(Size { width, height });
            sizes.push(beside(grips[to], plate));
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
        (sizes, grips, links)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn any_graph_keeps_the_invariants((sizes, grips, links) in graphs()) {
        let laid = layout_in(&Asked { sizes: &sizes, grips: &grips, links: &links, ..Asked::default() });
        prop_assert_eq!(check_grips(&sizes, &grips, &links, &laid), Ok(()));
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
