import Cryptography
import Messages
import Primitives
import Records
import SystemPackage

/// A run made by hand that is as wide or as long as a test wants it: equal operators that are in every AVS, and names of
/// the test's choosing. Certificates have no signatures, which would take longer to make than a test may last: oracles
/// will say so.
package struct WideRun {
    package var operators = 4
    package var services = 1
    /// Of each AVS, one every 10 ms.
    package var tasks = 100
    /// The first of them are slashed, for equivocation in the first AVS, one after the other.
    package var slashed = 0
    /// The operators after those say nothing from some time on, to the end.
    package var silent = 0
    /// Every so many tasks one has no quorum; 0: never.
    package var missedEvery: UInt64 = 0
    package var operatorName: @Sendable (Int) -> String = { "op-\($0 + 1)" }
    package var serviceName: @Sendable (Int) -> String = { "avs-\($0 + 1)" }
    package var behaviour = "silent"

    package init() {}

    private static let stake = Lamports(10 * Lamports.perSOL)
    private static func instant(_ milliseconds: UInt64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }
    private static let beginning: UInt64 = 1000

    private static func key(_ number: Int) -> SigningKey {
        let bytes = (0..<32).map { UInt8(truncatingIfNeeded: number >> (8 * ($0 % 4))) }
        return SigningKey(seed: FixedBytes32(bytes)!)
    }

    package var records: RunRecords {
        let keys = (0..<operators).map(Self.key)
        let coordinators = (0..<services).map { Self.key(1_000_000 + $0) }
        let genesis = genesis(keys, coordinators)
        let network = genesis.network
        var notes: [Party: [NodeRecord.Note]] = [:]
        func note(_ party: Party, at time: UInt64, _ observation: Observation) {
            notes[party, default: []].append(NodeRecord.Note(at: Self.instant(time), observation: observation))
        }
        var sets = (0..<services).map { set(of: $0, without: 0, genesis, network) }
        for set in sets { note(.ledger, at: 0, .operatorSetOpened(set)) }
        for service in 0..<services {
            for number in 0..<UInt64(tasks) { issue(number, of: service, pinning: sets[service], note) }
        }
        for place in 0..<slashed {
            let time = Self.beginning + UInt64(tasks) * 5 + UInt64(place) * 20
            let evidence = evidence(against: keys[place], in: sets[0], number: UInt64(place))
            note(.coordinator(ServiceID(0)), at: time, .evidenceFound(evidence))
            note(.ledger, at: time + 5, .slashed(record(of: evidence, place, by: coordinators[0].publicKey)))
            sets = (0..<services).map { set(of: $0, without: place + 1, genesis, network) }
            for set in sets { note(.ledger, at: time + 5, .operatorSetOpened(set)) }
        }
        for place in slashed..<min(operators, slashed + silent) {
            let party = Party.signer(OperatorIndex(UInt32(place)))
            note(party, at: Self.beginning + UInt64(place), .injected(Injection(behaviour: behaviour)))
        }
        let end = Self.instant(Self.beginning + UInt64(tasks) * 10 + 60_000)
        let nodes = genesis.parties.map { party in
            let header = RecordHeader(
                node: genesis.name(of: party)!, party: party, incarnation: 1, network: network, configuration: [])
            return NodeRecord(
                path: FilePath("record"), header: header,
                entries: notes[party, default: []].map { .note(at: $0.at, $0.observation) }, ending: .closed(at: end))
        }
        return RunRecords(genesis: genesis, nodes: nodes)
    }

    private func genesis(_ keys: [SigningKey], _ coordinators: [SigningKey]) -> Genesis {
        let everyone = keys.indices.map { OperatorIndex(UInt32($0)) }
        return Genesis(
            runID: .zero,
            parameters: LedgerParameters(slotDuration: .milliseconds(400), slotsPerEpoch: 100, unbondingEpochs: 2),
            clock: Self.key(2_000_000).publicKey,
            signers: keys.indices.map { Genesis.Signer(name: operatorName($0), key: keys[$0].publicKey) },
            restakers: keys.indices.map { place in
                Genesis.Restaker(
                    name: operatorName(place), key: keys[place].publicKey, deposit: Self.stake,
                    delegations: [Genesis.Delegation(signer: everyone[place], amount: Self.stake)])
            },
            services: coordinators.indices.map { place in
                Genesis.Service(
                    name: serviceName(place), module: "squaring", coordinator: coordinators[place].publicKey,
                    threshold: .twoThirds, dissemination: .mesh, deadline: .seconds(1), evidenceWindow: .seconds(2),
                    optedIn: everyone, slash: SlashTerms(equivocation: .basisPoints(500)))
            })
    }

    /// The set of an AVS when the first operators have been slashed.
    private func set(of service: Int, without slashed: Int, _ genesis: Genesis, _ network: Digest) -> OperatorSet {
        let members = (slashed..<operators).map { place in
            OperatorSet.Member(
                signer: OperatorIndex(UInt32(place)), key: genesis.signers[place].key, weight: Self.stake)
        }
        return try! OperatorSet(
            network: network, service: ServiceID(UInt32(service)), epoch: Epoch(0),
            revision: Revision(UInt32(slashed)), threshold: .twoThirds, members: members)
    }

    private func issue(
        _ number: UInt64, of service: Int, pinning set: OperatorSet, _ note: (Party, UInt64, Observation) -> Void
    ) {
        let (party, time) = (Party.coordinator(ServiceID(UInt32(service))), Self.beginning + number * 10)
        let task = ServiceTask(
            network: set.network, service: set.service, sequence: TaskSequence(number), epoch: set.epoch,
            operatorSet: set.digest, payload: [], issued: Self.instant(time), deadline: Self.instant(time + 1000))
        note(party, time, .taskIssued(task))
        if missedEvery > 0, number % missedEvery == missedEvery - 1 { return }
        let statement = Statement(for: task, digest: .zero, result: [])
        let certificate = Certificate(
            statement: statement, signers: SignerSet(size: set.members.count), signatures: [])!
        note(party, time + 5 + (number * 7919 + UInt64(service) * 31) % 97, .certified(certificate))
    }

    private func evidence(against key: SigningKey, in set: OperatorSet, number: UInt64) -> Evidence {
        let votes = ([1, 2] as [UInt8]).map { result in
            let voteKey = VoteKey(network: set.network, service: set.service, subject: Subject(number: number))
            let statement = Statement(
                voteKey: voteKey, operatorSet: set.digest, epoch: set.epoch, task: .zero,
                result: Domain.resultDigest.digest([result]))
            return Attestation(
                statement: statement, signer: key.publicKey, signature: key.sign(statement.signedBytes))
        }
        return .equivocation(Equivocation(votes[0], votes[1])!)
    }

    private func record(of evidence: Evidence, _ place: Int, by reporter: PublicKey) -> SlashRecord {
        SlashRecord(
            offence: evidence.offence, accused: evidence.accused, signer: OperatorIndex(UInt32(place)),
            voteKey: evidence.voteKey, epoch: Epoch(0), slashed: Self.stake.scaled(by: 5, over: 100),
            reward: Self.stake.scaled(by: 5, over: 2000), reporter: reporter, slot: Slot(1))
    }
}
