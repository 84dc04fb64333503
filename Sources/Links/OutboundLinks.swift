import Messages
import Primitives

/// The links that lead away from one node: what it is told of the network, and all that it needs to hold its frames back.
package struct OutboundLinks: Hashable, Sendable {
    /// Of the run.
    package var seed: UInt64
    /// Of every link that no exception names; never of those to the ledger, which stands beside everyone.
    package var standard: LinkTerms
    package var exceptions: [Exception]
    /// Whether the run can change them while it goes on, and cut them.
    package var canChange = false

    /// Other terms, and to whom they hold.
    package struct Exception: Hashable, Sendable {
        package var terms: LinkTerms
        package var receivers: [Party]
    }

    package init(seed: UInt64, standard: LinkTerms = .none) {
        self.seed = seed
        self.standard = standard
        exceptions = []
    }

    /// - Parameters:
    ///   - parties: to whom there may be links, in their order.
    ///   - terms: those of the link to each.
    package init(seed: UInt64, standard: LinkTerms, to parties: [Party], terms: (Party) -> LinkTerms) {
        self.init(seed: seed, standard: standard)
        var places: [LinkTerms: Int] = [:]
        for party in parties where party != .ledger {
            let terms = terms(party)
            guard terms != standard else { continue }
            let place = places[terms, default: exceptions.count]
            if place == exceptions.count {
                places[terms] = place
                exceptions.append(Exception(terms: terms, receivers: []))
            }
            exceptions[place].receivers.append(party)
        }
    }

    package static let none = OutboundLinks(seed: 0)

    /// Whether every frame arrives as it leaves, whomever it is for, from the beginning to the end.
    package var isNone: Bool { !canChange && standard.isNone && exceptions.allSatisfy(\.terms.isNone) }

    package func terms(to receiver: Party) -> LinkTerms {
        guard receiver != .ledger else { return .none }
        return exceptions.first { $0.receivers.contains(receiver) }?.terms ?? standard
    }
}

extension OutboundLinks: BorshCodable {
    /// As many as a topology has operators, and coordinators.
    private static let partyLimit = 11_000

    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(seed)
        encoder.encode(standard)
        encoder.encode(exceptions)
        encoder.encode(canChange)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        seed = try decoder.decode()
        standard = try decoder.decode()
        exceptions = try decoder.decode(limit: Self.partyLimit)
        canChange = try decoder.decode()
    }
}

extension OutboundLinks.Exception: BorshCodable {
    private static let partyLimit = 11_000

    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(terms)
        encoder.encode(receivers)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        terms = try decoder.decode()
        receivers = try decoder.decode(limit: Self.partyLimit)
    }
}
