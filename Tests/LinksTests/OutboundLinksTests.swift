import Links
import Messages
import Primitives
import Testing

@Suite struct OutboundLinksTests {
    private static let standard = LinkTerms(
        latency: .milliseconds(2), jitter: .microseconds(500), loss: Fraction(1, over: 100)!,
        duplication: Fraction(1, over: 1_000)!, reordering: Fraction(3, over: 7)!,
        bandwidth: Bandwidth(bitsPerSecond: 100_000_000))
    private static let parties =
        (0..<10).map { Party.signer(OperatorIndex($0)) } + [.coordinator(ServiceID(0)), .ledger]

    /// Odd operators are further away.
    private static func terms(to party: Party) -> LinkTerms {
        guard case .signer(let signer) = party, !signer.number.isMultiple(of: 2) else { return standard }
        return LinkTerms(latency: .milliseconds(70))
    }

    @Test func onlyWhatDiffersIsKept() {
        let links = OutboundLinks(seed: 7, standard: Self.standard, to: Self.parties, terms: Self.terms)
        #expect(links.exceptions.count == 1 && links.exceptions[0].receivers.count == 5)
        for party in Self.parties where party != .ledger { #expect(links.terms(to: party) == Self.terms(to: party)) }
        #expect(
            OutboundLinks(seed: 7, standard: Self.standard, to: Self.parties) { _ in Self.standard }.exceptions == [])
    }

    @Test func theLedgerStandsBesideEveryone() {
        let links = OutboundLinks(seed: 7, standard: Self.standard, to: Self.parties) { _ in
            LinkTerms(latency: .seconds(1))
        }
        #expect(links.terms(to: .ledger) == .none)
        #expect(!links.exceptions.contains { $0.receivers.contains(.ledger) })
    }

    @Test func noneIsNone() {
        #expect(OutboundLinks.none.isNone)
        #expect(!OutboundLinks(seed: 0, standard: LinkTerms(bandwidth: Bandwidth(bitsPerSecond: 8))).isNone)
        #expect(!OutboundLinks(seed: 0, standard: .none, to: Self.parties, terms: Self.terms).isNone)
        #expect(OutboundLinks(seed: 0, standard: LinkTerms(loss: Fraction(0, over: 100)!)).isNone)
        var links = OutboundLinks.none
        links.canChange = true
        #expect(!links.isNone, "it may be others later")
    }

    @Test func isReadBack() throws {
        var links = OutboundLinks(seed: .max, standard: Self.standard, to: Self.parties, terms: Self.terms)
        #expect(try OutboundLinks(borsh: links.borsh) == links)
        links.canChange = true
        #expect(try OutboundLinks(borsh: links.borsh) == links)
        #expect(try OutboundLinks(borsh: OutboundLinks.none.borsh) == .none)
    }
}
