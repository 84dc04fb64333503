import Primitives

/// A proof as it lies in a file: one Borsh value that says itself what it is and in which version.
///
/// `struct ProofFile { magic: [u8; 8], version: u16, proof: Proof }`
package struct ProofFile: Hashable, Sendable {
    package static let magic = Array("quoproof".utf8)
    package static let currentVersion: UInt16 = 1
    /// In bytes. A certificate of the largest operator set has 1.1 MB.
    package static let sizeLimit = 2 << 20

    package var proof: Proof

    package init(_ proof: Proof) { self.proof = proof }

    /// What every file of this version begins with.
    package static var header: [UInt8] {
        var encoder = BorshEncoder()
        encodeHeader(to: &encoder)
        return encoder.bytes
    }

    private static func encodeHeader(to encoder: inout BorshEncoder) {
        for byte in magic { encoder.encode(byte) }
        encoder.encode(currentVersion)
    }
}

extension ProofFile: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        Self.encodeHeader(to: &encoder)
        encoder.encode(proof)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        for expected in Self.magic {
            let byte: UInt8 = try decoder.decode()
            guard byte == expected else {
                throw .invalid(type: "ProofFile", reason: "does not begin with \"quoproof\"")
            }
        }
        let version: UInt16 = try decoder.decode()
        guard version == Self.currentVersion else {
            throw .invalid(
                type: "ProofFile", reason: "written in version \(version); this program reads \(Self.currentVersion)")
        }
        self.init(try decoder.decode())
    }
}
