/// Makes identifiers that look like those of AWS and never repeat within an account. The same history
/// makes the same identifiers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Identifiers {
    made: u64,
}

impl Identifiers {
    /// 32 hexadecimal digits, like a task's.
    pub(crate) fn task(&mut self) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())
    }

    /// Like the last part of a service deployment's ARN.
    pub(crate) fn service_deployment(&mut self) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
        let bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        (0..21).map(|place| char::from(ALPHABET[((bits >> (place * 6)) & 63) as usize])).collect()
    }

    /// 19 digits, like those of a service revision and of a deployment in the events.
    pub(crate) fn number(&mut self) -> String {
        format!("{:019}", self.next() % 10_000_000_000_000_000_000)
    }

    /// Like the identifier of a service event.
    pub(crate) fn event(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }

    /// Like the last part of a listener rule's ARN.
    pub(crate) fn listener_rule(&mut self) -> String {
        format!("{:016x}", self.next())
    }

    /// Like the id of a rule of a security group.
    pub(crate) fn security_group_rule(&mut self) -> String {
        format!("sgr-{:017x}", self.next())
    }

    /// Like the id of a hook that waits for a person.
    pub(crate) fn hook(&mut self) -> String {
        format!("ecs-pause-{}{}", self.service_deployment(), self.service_deployment())
    }

    /// Like the id of a scaling policy.
    pub(crate) fn scaling_policy(&mut self) -> String {
        self.event()
    }

    /// An address in 10.0.0.0/8.
    pub(crate) fn address(&mut self) -> String {
        self.made += 1;
        let [_, _, _, _, _, high, middle, low] = self.made.to_be_bytes();
        format!("10.{high}.{middle}.{low}")
    }

    /// SplitMix64: a permutation of the counter, so that it cannot repeat.
    fn next(&mut self) -> u64 {
        self.made += 1;
        let mut mixed = self.made.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
