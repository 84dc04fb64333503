import Primitives

/// BLAKE2b-256 of a domain's tag and of what is added piece by piece.
enum DomainHash {
    /// - Parameter content: adds the pieces, in their order.
    static func digest(_ domain: Domain, content: (Blake2b) -> Void) -> Digest {
        var result = FixedBytes32()
        result.withUnsafeMutableBytes {
            Blake2b.fill($0) { hash in
                var tag = domain.rawValue
                tag.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
                content(hash)
            }
        }
        return Digest(result)
    }
}
