import Cryptography
import Messages
import Node
import Primitives
import Restaking

/// What the ledger takes in memory, without disk or network: in processor time of the one thread that it has, so that what
/// else the machine does is not in it.
struct StateBench {
    let sizes: LedgerBench.Sizes

    private static func timed(_ body: () -> Void) -> Duration {
        let start = ThreadClock.now
        body()
        return ThreadClock.now - start
    }

    private func repeated(_ body: () throws -> Double) rethrows -> [Double] {
        try (0..<sizes.repeats).map { _ in try body() }
    }

    /// Without signatures, a warm-up of a tenth, and epochs that open in between and are not counted.
    private func rate(_ scene: LedgerScene, _ kinds: [InstructionMix.Kind]) throws -> Double {
        var ledger = try Ledger(genesis: scene.genesis)
        var mix = InstructionMix(scene.genesis)
        let count = sizes.instructions / 5
        var (spent, changes): (Duration, [Ledger.Change]) = (.zero, [])
        for part in 0..<11 {
            let instructions = (0..<count / 10).map { _ in mix.next(kinds) }
            let took = Self.timed {
                for signed in instructions {
                    let outcome = ledger.applyVerified(signed, changes: &changes)
                    precondition(outcome == .applied, "\(signed.instruction): \(outcome)")
                }
            }
            if part > 0 { spent += took }
            let opening = scene.opening(of: UInt64(part) + 1, nonce: UInt64(part))
            precondition(ledger.applyVerified(opening, changes: &changes) == .applied, "an epoch opens")
            changes.removeAll()
        }
        return Double(count / 10 * 10) / spent.inSeconds
    }

    func instructions() throws -> [LedgerFigure] {
        let scene = LedgerScene(restakers: sizes.restakers / 10, operators: 100, services: 3, assets: 3)
        var figures = [
            LedgerFigure(
                .memory, "deposit, delegate, undelegate, withdraw in turn", .perSecond,
                try repeated { try rate(scene, InstructionMix.Kind.allCases) }, aim: 200_000)
        ]
        for kind in InstructionMix.Kind.allCases {
            figures.append(
                LedgerFigure(.memory, "\(kind.rawValue) alone", .perSecond, try repeated { try rate(scene, [kind]) }))
        }
        return figures
    }

    func evidence() throws -> [LedgerFigure] {
        let scene = LedgerScene(restakers: 100, operators: 64, services: 1, assets: 1)
        let set = try Ledger(genesis: scene.genesis).operatorSets[0]
        let all = scene.operators.indices.map { scene.equivocation(by: $0, subject: 1, in: set) }
        let values = repeated {
            let took = Self.timed {
                for evidence in all { precondition(evidence.isValid, "both votes are signed") }
            }
            return Double(all.count) / took.inSeconds
        }
        return [LedgerFigure(.evidence, "verifications, of two signatures each", .perSecond, values)]
    }

    /// Of one operator after another in a network that differs in nothing but its restakers.
    func slashing() throws -> [LedgerFigure] {
        try [100, 10, 1].map { divisor in
            let scene = LedgerScene(
                restakers: sizes.restakers / divisor, operators: 100, services: 3, assets: 3, operatorsRestake: true)
            let ledger = try Ledger(genesis: scene.genesis)
            let set = ledger.operatorSets[0]
            let all = scene.operators.indices.prefix(50).map { scene.equivocation(by: $0, subject: 1, in: set) }
            let verifying = Self.timed { for evidence in all { _ = evidence.isValid } }
            let values = repeated {
                var ledger = ledger
                var changes: [Ledger.Change] = []
                // So that the copy is made before.
                _ = ledger.applyVerified(scene.opening(of: 1, nonce: 0), changes: &changes)
                let instructions = all.enumerated().map { place, evidence in
                    SignedInstruction(
                        network: scene.genesis.network, authority: scene.clock.publicKey, nonce: UInt64(place) + 1,
                        instruction: .submitEvidence(evidence), signature: .unsigned)
                }
                let took = Self.timed {
                    for signed in instructions {
                        let outcome = ledger.applyVerified(signed, changes: &changes)
                        precondition(outcome == .applied, "evidence: \(outcome)")
                    }
                }
                return (took - verifying).inMicroseconds / Double(all.count)
            }
            return LedgerFigure(
                .slash, "one of 100 operators of 3 AVSs, \(sizes.restakers / divisor) restakers", .microseconds, values)
        }
    }

    /// The largest network: what opening an epoch takes, and what the state as a whole does.
    func state() throws -> [LedgerFigure] {
        let scene = LedgerScene(restakers: sizes.restakers, operators: sizes.operators, services: 20, assets: 3)
        var ledger = try Ledger(genesis: scene.genesis)
        var mix = InstructionMix(scene.genesis)
        var (epochs, roots, encoded, decoded): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
        var stalls: [Double] = []
        var snapshot = LedgerSnapshot(of: ledger)
        for number in 0..<sizes.repeats {
            var changes: [Ledger.Change] = []
            for _ in 0..<sizes.instructions / 50 {
                precondition(ledger.applyVerified(mix.next(), changes: &changes) == .applied, "it can be applied")
            }
            let opening = scene.opening(of: UInt64(number) + 1, nonce: UInt64(number))
            epochs.append(Self.timed { _ = ledger.applyVerified(opening, changes: &changes) }.inSeconds)
            roots.append(Self.timed { _ = ledger.stateRoot }.inSeconds)
            let copy = ledger
            let next = mix.next()
            stalls.append(Self.timed { _ = ledger.applyVerified(next, changes: &changes) }.inMicroseconds / 1_000)
            encoded.append(Self.timed { snapshot = LedgerSnapshot(of: copy) }.inSeconds)
            let kept = snapshot
            var restored: Ledger?
            decoded.append(
                Self.timed {
                    restored = try? Ledger(genesis: scene.genesis, snapshot: kept.bytes, root: kept.root)
                }.inSeconds)
            precondition(restored?.sequence == copy.sequence, "a snapshot can be taken up")
        }
        let name = "\(sizes.restakers) restakers x \(sizes.operators) operators x 20 AVSs x 3 assets"
        return [
            LedgerFigure(.state, "an epoch opens, with its operator sets: \(name)", .seconds, epochs, aim: 1),
            LedgerFigure(.state, "its state root", .seconds, roots),
            LedgerFigure(.state, "the first instruction after a copy for a snapshot", .milliseconds, stalls),
            LedgerFigure(.state, "its snapshot encoded, root included", .seconds, encoded),
            LedgerFigure(.state, "its snapshot read back and checked", .seconds, decoded),
            LedgerFigure(.state, "its snapshot's size", .mebibytes, [Double(snapshot.bytes.count) / 1_048_576]),
        ]
    }
}
