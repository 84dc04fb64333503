import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// Long random sequences of instructions, good and bad. A failure names the seed that repeats it.
@Suite struct LedgerSequenceTests {
    typealias Fixture = LedgerFixture

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `Conservation is exact after every instruction, and the log replays to the same state root`(_ seed: UInt64) {
        var genesis = Fixture.genesis(slashes: [Fraction(1, over: 7)!, Fraction(2, over: 3)!])
        for place in genesis.restakers.indices { genesis.restakers[place].deposits[0].amount = 100_000_007 }
        for place in 0..<4 { genesis.restakers[0].delegations[place].amount = Units(13_000_001 + UInt64(place)) }
        var fixture = Fixture(genesis)
        var random = SeededRandom(seed: seed, purpose: "instructions")
        var applied = 0
        var outcomes: Set<Outcome> = []
        var books = fixture.books
        for step in 0..<1_000 {
            let (instruction, key) = Self.draw(fixture, &random)
            let outcome = fixture.apply(instruction, by: key)
            outcomes.insert(outcome)
            if outcome == .applied { applied += 1 }
            let after = fixture.books
            if outcome != .applied, outcome != .badEvidence {
                books.sequence = after.sequence
                #expect(after == books, "seed \(seed), step \(step): \(outcome) has moved stake")
            }
            books = after
        }
        #expect(applied > 300, "seed \(seed): only \(applied) were applied")
        #expect(
            outcomes.isSuperset(of: [.applied, .badEvidence, .insufficientStake, .tombstoned, .alreadyCertified]),
            "seed \(seed): only \(outcomes)")
        #expect(books.burned > .zero && books.withdrawn > .zero && books.unbonding > .zero)

        var replayed = try! Ledger(genesis: genesis)
        for signed in fixture.log { _ = replayed.apply(signed) }
        #expect(replayed.stateRoot == fixture.ledger.stateRoot)
        var shortened = try! Ledger(genesis: genesis)
        for signed in fixture.log.dropLast() { _ = shortened.apply(signed) }
        #expect(shortened.stateRoot != fixture.ledger.stateRoot)
    }

    private static func draw(_ fixture: Fixture, _ random: inout SeededRandom) -> (Instruction, SigningKey) {
        func below(_ bound: UInt64) -> UInt64 { random.next() % bound }
        let restaker = Fixture.restakerKeys[Int(below(3))]
        let signer = OperatorIndex(UInt32(below(4)))
        let amount = Units(below(below(2) == 0 ? 40 : 9_000_000))
        let service = UInt32(below(2))
        switch below(100) {
        case 0..<8:
            return (.advance(to: Slot(fixture.ledger.slot.number + 1 + below(14))), Fixture.clockKey)
        case 8..<20: return (.deposit(.native, amount), restaker)
        case 20..<42: return (.delegate(.native, amount, to: signer), restaker)
        case 42..<64: return (.undelegate(.native, amount, from: signer), restaker)
        case 64..<76: return (.withdraw(.native, amount), restaker)
        case 76..<82: return (.optIn(ServiceID(service)), Fixture.operatorKeys[Int(signer.number)])
        case 82..<86: return (.optOut(ServiceID(service)), Fixture.operatorKeys[Int(signer.number)])
        case 86..<94:
            let set = fixture.set(service)
            let certificate = Fixture.certificate(
                set, subject: fixture.ledger.epoch.number * 3 + below(3), signers: [0, 1, 2, 3])
            return (
                .submitCertificate(certificate, participation: certificate.signers),
                Fixture.coordinatorKeys[Int(service)]
            )
        case 94..<96 where fixture.ledger.sequence > 300:
            return (Fixture.equivocation(by: Int(signer.number), fixture.set(service), subject: below(2)), restaker)
        default:
            // The second vote is another operator's, under the accused's name.
            let one = Fixture.vote(Fixture.statement(fixture.set(service)), by: Fixture.operatorKeys[0])
            var two = Fixture.vote(Fixture.statement(fixture.set(service), result: 2), by: Fixture.operatorKeys[1])
            two.signer = one.signer
            return (.submitEvidence(.equivocation(Equivocation(one, two)!)), restaker)
        }
    }
}
