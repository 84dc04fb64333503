import Messages
import Primitives

/// How one node's connection with another is at present, seen from this node.
package struct LinkState: Hashable, Sendable {
    /// Of what it sends.
    package var terms: LinkTerms
    /// Whether nothing gets through to the other.
    package var cutsSent: Bool
    /// Whether nothing gets through from the other.
    package var cutsReceived: Bool

    package init(terms: LinkTerms, cutsSent: Bool = false, cutsReceived: Bool = false) {
        self.terms = terms
        self.cutsSent = cutsSent
        self.cutsReceived = cutsReceived
    }

    /// Be it in one direction alone: what is sent over a connection must be acknowledged.
    package var isCut: Bool { cutsSent || cutsReceived }
}

/// How a node's connections with some others are from now on.
package struct LinkUpdate: Hashable, Sendable {
    package var peers: [Party]
    package var state: LinkState

    package init(peers: [Party], state: LinkState) {
        self.peers = peers
        self.state = state
    }

    /// Those that are alike in one, in the order in which each kind comes first.
    package static func grouped(_ states: [(Party, LinkState)]) -> [LinkUpdate] {
        var places: [LinkState: Int] = [:]
        var updates: [LinkUpdate] = []
        for (peer, state) in states {
            let place = places[state, default: updates.count]
            if place == updates.count {
                places[state] = place
                updates.append(LinkUpdate(peers: [], state: state))
            }
            updates[place].peers.append(peer)
        }
        return updates
    }
}

extension LinkState: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(terms)
        encoder.encode(cutsSent)
        encoder.encode(cutsReceived)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        terms = try decoder.decode()
        cutsSent = try decoder.decode()
        cutsReceived = try decoder.decode()
    }
}

extension LinkUpdate: BorshCodable {
    /// As many as a topology has operators, and coordinators.
    package static let partyLimit = 11_000

    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(peers)
        encoder.encode(state)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        peers = try decoder.decode(limit: Self.partyLimit)
        state = try decoder.decode()
    }
}
