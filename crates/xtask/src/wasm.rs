//! What a release leaves out of its WebAssembly.

/// The module without its `name` section: the names of its functions, which only a
/// stack trace shows and which weigh 7 % of the file. (Cargo's `strip` takes the
/// section that wasm-bindgen needs along, and trunk passes no such flag on.)
///
/// `None` where the bytes are no module.
pub fn without_names(module: &[u8]) -> Option<Vec<u8>> {
    const HEADER: usize = 8;
    const CUSTOM: u8 = 0;
    let mut rest = module.strip_prefix(b"\0asm").and(module.get(HEADER..))?;
    let mut kept = module[..HEADER].to_vec();
    while let Some((kind, after)) = rest.split_first() {
        let (length, content) = unsigned(after)?;
        let (content, next) = content.split_at_checked(length)?;
        let names = *kind == CUSTOM && {
            let (length, name) = unsigned(content)?;
            name.get(..length)? == b"name"
        };
        if !names {
            kept.extend_from_slice(&rest[..rest.len() - next.len()]);
        }
        rest = next;
    }
    Some(kept)
}

/// A LEB128 number and what follows it.
fn unsigned(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number = 0;
    for (at, byte) in bytes.iter().take(5).enumerate() {
        number |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((number, &bytes[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &[u8] = b"\0asm\x01\0\0\0";

    fn module(sections: &[&[u8]]) -> Vec<u8> {
        [HEADER, &sections.concat()].concat()
    }

    #[test]
    fn only_the_section_of_names_goes() {
        let types: &[u8] = b"\x01\x04\x01\x60\0\0";
        let names: &[u8] = b"\0\x07\x04name\x01\0";
        let features: &[u8] = b"\0\x10\x0ftarget_features";
        let all = module(&[types, names, features]);
        assert_eq!(without_names(&all), Some(module(&[types, features])));
        assert_eq!(without_names(&module(&[types])), Some(module(&[types])));
    }

    #[test]
    fn a_section_may_be_long() {
        let mut long = b"\0\x86\x01\x04name".to_vec();
        long.extend([0; 129]);
        assert_eq!(without_names(&module(&[&long])), Some(HEADER.to_vec()));
    }

    #[test]
    fn what_is_no_module_is_told() {
        assert_eq!(without_names(b"GIF89a"), None);
        assert_eq!(without_names(b"\0asm"), None);
        assert_eq!(without_names(&module(&[b"\x01\x20\x01"])), None);
        assert_eq!(
            without_names(&module(&[b"\x01\xff\xff\xff\xff\xff\x01"])),
            None
        );
    }
}
