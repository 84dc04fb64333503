import Messages
import Primitives
import Records

/// Two or more different votes of one operator for one vote key, as the adversary itself records sending them.
package struct InjectedEquivocation: Hashable, Sendable {
    package var signer: OperatorIndex
    package var voteKey: VoteKey
    /// One for each statement, with everyone it was sent to.
    package var votes: [Injection.SentVote]
    /// When the second of them was sent.
    package var at: Instant
    /// Where the first of them was noted.
    package var place: RecordPlace
}

extension RunHistory {
    /// Every equivocation that was sent, by time. Votes are put together by whose and what they are about, whatever
    /// notes they stand in; a vote that nobody was sent is none.
    package var equivocations: [InjectedEquivocation] {
        struct Name: Hashable {
            var signer: OperatorIndex
            var voteKey: VoteKey
        }
        var found: [Name: InjectedEquivocation] = [:]
        for injected in injections.sorted(by: { $0.at < $1.at }) {
            guard case .signer(let signer) = injected.party else { continue }
            for vote in injected.injection.votes where !vote.recipients.isEmpty {
                let statement = vote.attestation.statement
                let name = Name(signer: signer, voteKey: statement.voteKey)
                var one =
                    found[name]
                    ?? InjectedEquivocation(
                        signer: name.signer, voteKey: name.voteKey, votes: [], at: injected.at, place: injected.place)
                if let place = one.votes.firstIndex(where: { $0.attestation.statement == statement }) {
                    one.votes[place].recipients += vote.recipients
                } else {
                    one.votes.append(vote)
                    if one.votes.count == 2 { one.at = injected.at }
                }
                found[name] = one
            }
        }
        return found.values.filter { $0.votes.count >= 2 }
            .sorted { ($0.at, $0.signer, $0.voteKey) < ($1.at, $1.signer, $1.voteKey) }
    }

    /// Every number under which a coordinator sent two tasks, by time.
    package var taskEquivocations: [InjectedTaskEquivocation] {
        injections.compactMap { injected in
            guard case .coordinator(let service) = injected.party, injected.injection.tasks.count == 2,
                let first = injected.injection.tasks.first
            else { return nil }
            return InjectedTaskEquivocation(
                service: service, voteKey: first.header.voteKey, tasks: injected.injection.tasks, at: injected.at,
                place: injected.place)
        }.sorted { ($0.at, $0.service) < ($1.at, $1.service) }
    }

    /// Whoever's adversary did anything at all.
    package var faulty: Set<Party> { Set(injections.map(\.party)) }

    /// The operators among them.
    package var faultySigners: Set<OperatorIndex> { Self.signers(in: faulty) }

    /// Whoever's adversary did more than let it die; who lets its process forget what it has signed is one.
    var cheats: Set<Party> { Set(injections.filter { !$0.injection.isDeath }.map(\.party)).union(relapsed()) }

    /// Whose next process has forgotten what they had signed.
    ///
    /// - Parameter time: before which it died; nil: ever.
    func relapsed(before time: Instant? = nil) -> Set<Party> {
        let relapses = injections.filter { $0.injection.behaviour == FaultInterval.relapsingBehaviour }
        return Set(relapses.filter { relapse in time.map { relapse.at < $0 } ?? true }.map(\.party))
    }

    /// Whether a party follows the protocol and can act on what it is sent, when it is there. A coordinator that died
    /// and came back can.
    func isHonest(_ party: Party, in service: ServiceID, cheats: Set<Party>) -> Bool {
        guard case .coordinator = party else { return !cheats.contains(party) }
        return !faultIntervals.contains { $0.party == party && $0.service == service && $0.end == nil }
    }

    /// Until when operators that have just started may not have signed yet, because somebody whom they ask for their own
    /// votes cannot answer; nil when everybody could.
    var closeOfStartup: Instant? {
        var connected: [Party: Instant] = [:]
        for adoption in adoptions.values.joined() where adoption.party.isSigner {
            connected[adoption.party] = min(connected[adoption.party] ?? adoption.at, adoption.at)
        }
        guard let began = connected.values.max() ?? openings.first?.at else { return nil }
        let answered = began + .seconds(1)
        // In a star they ask the coordinators alone.
        let asked = Set(genesis.parties.filter { hasMesh ? $0 != .ledger : $0.isCoordinator })
        let isDisturbed =
            hasStopped(by: answered, among: asked) || isMute(by: answered, among: asked)
            || separations.contains { $0.start <= answered && !asked.isDisjoint(with: $0.sides.keys) }
        return isDisturbed ? began + Self.guardCheck + .seconds(1) : nil
    }

    /// Whether one of these has a fault by then with which it answers nobody.
    private func isMute(by time: Instant, among parties: Set<Party>) -> Bool {
        injections.contains {
            $0.at <= time && parties.contains($0.party)
                && FaultInterval.muteBehaviours.contains($0.injection.behaviour)
        }
    }

    private var hasMesh: Bool { genesis.services.contains { $0.dissemination == .mesh } }

    /// So long they wait for an answer. Then they have to be sent what they have missed.
    private static let guardCheck = Duration.seconds(2)

    static func signers(in parties: Set<Party>) -> Set<OperatorIndex> {
        Set(parties.compactMap { if case .signer(let signer) = $0 { signer } else { nil } })
    }
}

/// Two tasks under one number, as the coordinator that sent them records it.
package struct InjectedTaskEquivocation: Hashable, Sendable {
    package var service: ServiceID
    package var voteKey: VoteKey
    package var tasks: [Injection.SentTask]
    /// When the second of them was sent.
    package var at: Instant
    /// Where the first of them was noted.
    package var place: RecordPlace
}
