import Primitives

/// A proof as it lies in a file: one Borsh value that says itself what it is and in which version.
///
/// `struct ProofFile { magic: [u8; 8], version: u16, proof: Proof }`
package struct ProofFile: Hashable, Sendable {
    package static let magic = Array("quoproof".utf8)
    /// Whoever has never heard of modelled signatures takes such a file for no proof, which it is not.
    package static let modelledMagic = Array("quomodel".utf8)
    package static let currentVersion: UInt16 = 1
    /// In bytes. A certificate of the largest operator set has 1.1 MB.
    package static let sizeLimit = 2 << 20

    package var proof: Proof
    /// Of a simulation whose signatures are modelled: it proves nothing outside.
    package var isModelled: Bool

    package init(_ proof: Proof, isModelled: Bool = false) {
        self.proof = proof
        self.isModelled = isModelled
    }

    /// What every file of this version begins with.
    package static func header(isModelled: Bool = false) -> [UInt8] {
        var encoder = BorshEncoder(after: isModelled ? modelledMagic : magic)
        encoder.encode(currentVersion)
        return encoder.bytes
    }
}

extension ProofFile: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        for byte in Self.header(isModelled: isModelled) { encoder.encode(byte) }
        encoder.encode(proof)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        var magic: [UInt8] = []
        for _ in Self.magic { magic.append(try decoder.decode()) }
        guard magic == Self.magic || magic == Self.modelledMagic else {
            throw .invalid(type: "ProofFile", reason: "does not begin with \"quoproof\"")
        }
        let version: UInt16 = try decoder.decode()
        guard version == Self.currentVersion else {
            throw .invalid(
                type: "ProofFile", reason: "written in version \(version); this program reads \(Self.currentVersion)")
        }
        self.init(try decoder.decode(), isModelled: magic == Self.modelledMagic)
    }
}
