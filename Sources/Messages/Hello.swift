import Cryptography
import Primitives

/// The first frame in each direction: who speaks, and on which network. (The place of the authenticated handshake.)
package struct Hello: Hashable, Sendable {
    package static let protocolVersion: UInt16 = 1

    package var version: UInt16
    package var network: Digest
    package var party: Party
    package var key: PublicKey

    package init(version: UInt16 = Hello.protocolVersion, network: Digest, party: Party, key: PublicKey) {
        self.version = version
        self.network = network
        self.party = party
        self.key = key
    }
}

extension Hello: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(version)
        encoder.encode(network)
        encoder.encode(party)
        encoder.encode(key)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        version = try decoder.decode()
        network = try decoder.decode()
        party = try decoder.decode()
        key = try decoder.decode()
    }
}
