import Cryptography
import Primitives

/// Where an operator listens: an IPv4 address and a port.
package struct Endpoint: Hashable, Sendable {
    package var signer: OperatorIndex
    /// In network order: the first byte is the first number of the dotted form.
    package var address: UInt32
    package var port: UInt16

    package init(signer: OperatorIndex, address: UInt32, port: UInt16) {
        self.signer = signer
        self.address = address
        self.port = port
    }

    package static let loopback: UInt32 = 0x7f00_0001

    package var dottedAddress: String {
        [24, 16, 8, 0].map { String(address >> $0 & 255) }.joined(separator: ".")
    }
}

extension Endpoint: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(signer)
        encoder.encode(address)
        encoder.encode(port)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        signer = try decoder.decode()
        address = try decoder.decode()
        port = try decoder.decode()
    }
}
