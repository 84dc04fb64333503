import Attesting
import Cryptography
import Messages
import Primitives
import Services
import Testing

@testable import Faults

/// Four operators of equal stake and their coordinator; the first is the one under test.
struct OperatorFixture {
    var restakers: [Genesis.Restaker] = []
    let key = SigningKey(seed: FixedBytes32(Array(repeating: 1, count: 32))!)
    let coordinatorKey = SigningKey(seed: FixedBytes32(Array(repeating: 9, count: 32))!)
    let began = Instant(nanoseconds: 1_000_000_000)
    let coordinator = Party.coordinator(ServiceID(0))

    var genesis: Genesis {
        let others = (2..<5).map { SigningKey(seed: FixedBytes32(Array(repeating: $0, count: 32))!).publicKey }
        return Genesis(
            runID: .zero,
            parameters: LedgerParameters(slotDuration: .seconds(1), slotsPerEpoch: 10, unbondingEpochs: 1),
            clock: coordinatorKey.publicKey,
            signers: ([key.publicKey] + others).enumerated().map { Genesis.Signer(name: "op-\($0)", key: $1) },
            restakers: restakers,
            services: [
                Genesis.Service(
                    name: "squares", module: Squaring.name, coordinator: coordinatorKey.publicKey,
                    threshold: .twoThirds, dissemination: .mesh, deadline: .seconds(1), evidenceWindow: .seconds(2),
                    optedIn: (0..<4).map { OperatorIndex($0) }, slash: SlashTerms(equivocation: .basisPoints(500)))
            ])
    }

    var operatorSet: OperatorSet {
        try! OperatorSet(
            network: genesis.network, service: ServiceID(0), epoch: Epoch(0), revision: Revision(0),
            threshold: .twoThirds,
            members: genesis.signers.enumerated().map { number, signer in
                OperatorSet.Member(signer: OperatorIndex(UInt32(number)), key: signer.key, weight: Lamports(1))
            })
    }
}

/// Drives one operator by hand: everybody answers, requests are granted at once.
struct OperatorBench {
    let test: OperatorFixture
    var machine: any NodeMachine
    var effects: [NodeEffect] = []
    var now: Instant
    var executesNothing = false

    /// - Parameters:
    ///   - signer: the one under test.
    ///   - asksForOwnVotes: whether everybody has answered what it has signed: nothing.
    init(
        _ plans: [FaultPlan], in test: OperatorFixture = OperatorFixture(), isLive: Bool = false, signer: UInt32 = 0,
        asksForOwnVotes: Bool = true
    ) {
        self.test = test
        now = test.began
        let role = NodeRole.signer(OperatorIndex(signer), faults: plans, seed: 1, isLive: isLive)
        machine = role.makeMachine(genesis: test.genesis)!
        handle(.started(recorded: []))
        let peers = (0..<4).filter { $0 != signer }.map { Party.signer(OperatorIndex($0)) }
        for party in peers + [test.coordinator] {
            handle(.connected(party))
            if asksForOwnVotes { handle(.received(.ownVotes([]), from: party)) }
        }
        handle(.received(.notice(.account(nextNonce: 0)), from: .ledger))
        handle(.received(.notice(.operatorSet(test.operatorSet)), from: .ledger))
        handle(.began(test.began))
    }

    mutating func handle(_ event: NodeEvent) {
        var pending = [event]
        while !pending.isEmpty {
            var answer: [NodeEffect] = []
            machine.handle(pending.removeFirst(), at: now, effects: &answer)
            machine.checkInvariants()
            for effect in answer {
                switch effect {
                case .verify(let id, let request): pending.append(.verified(id, valid: request.isValid))
                case .execute(let execution) where !executesNothing:
                    pending.append(.executed(task: execution.task, Squaring.execute(execution.payload)))
                case .sign(let id, let request):
                    pending.append(.signed(id, request.signature(by: test.key, network: test.genesis.network)))
                default: break
                }
            }
            effects += answer
        }
    }

    var executions: [TaskExecution] {
        effects.compactMap { if case .execute(let execution) = $0 { execution } else { nil } }
    }

    mutating func task(_ sequence: UInt64, payload: UInt64? = nil, from party: Party? = nil) {
        let signed = signedTask(sequence, payload: payload)
        handle(.received(.task(signed), from: party ?? test.coordinator))
    }

    /// Time passes until the machine is to be woken.
    mutating func wake(after delay: Duration) {
        now = now + delay
        handle(.woke)
    }

    func signedTask(_ sequence: UInt64, payload: UInt64? = nil) -> SignedTask {
        let task = ServiceTask(
            network: test.genesis.network, service: ServiceID(0), sequence: TaskSequence(sequence),
            epoch: Epoch(0), operatorSet: test.operatorSet.digest, payload: Squaring.bytes(payload ?? sequence),
            issued: now,
            deadline: now + .seconds(1))
        return SignedTask(task: task, signature: test.coordinatorKey.sign(task.signedBytes))
    }

    /// What one of the others says about a task of this time.
    func vote(by number: UInt8, task: UInt64, result: UInt64? = nil) -> Attestation {
        let key = SigningKey(seed: FixedBytes32(Array(repeating: number + 1, count: 32))!)
        let signed = signedTask(task).task
        let statement = Statement(
            for: signed, digest: signed.digest, result: Squaring.bytes(UInt128(result ?? task * task)))
        return Attestation(statement: statement, signer: key.publicKey, signature: key.sign(statement.signedBytes))
    }

    /// All frames to this party, in their order.
    func frames(to party: Party) -> [Frame] {
        effects.compactMap { effect in
            if case .send(let frame, let recipients) = effect, recipients.contains(party) { frame } else { nil }
        }
    }

    /// All votes to this party, valid or not.
    func attestations(to party: Party) -> [Attestation] {
        frames(to: party).compactMap { if case .attestation(let vote) = $0 { vote } else { nil } }
    }

    /// What it asked of the ledger.
    var submissions: [Instruction] {
        frames(to: .ledger).compactMap { if case .submit(let signed) = $0 { signed.instruction } else { nil } }
    }

    /// The results it has told this party for a task.
    func votes(to party: Party, task: UInt64) -> Set<Digest> {
        var results: Set<Digest> = []
        for case .send(.attestation(let vote), let recipients) in effects
        where recipients.contains(party) && vote.statement.voteKey.subject.number == task {
            #expect(vote.isValid)
            results.insert(vote.statement.result)
        }
        return results
    }

    var recoveries: [Observation] {
        effects.compactMap { effect in
            if case .note(let observation) = effect, case .recovered = observation { observation } else { nil }
        }
    }

    var injections: [Injection] {
        effects.compactMap { if case .note(.injected(let injection)) = $0 { injection } else { nil } }
    }
}
