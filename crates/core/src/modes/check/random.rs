//! Random numbers that are the same every time.

/// `SplitMix64`.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Heads or tails.
    pub fn coin(&mut self) -> bool {
        self.next() & 1 == 0
    }

    /// From 0.5 to 1.5, above or below 0.
    pub fn weight(&mut self) -> f64 {
        let size = 0.5 + (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        if self.coin() { size } else { -size }
    }
}
