import Cryptography
import Messages
import Primitives

/// The open ballots of a node, and votes that arrived before the operator set they pin.
package struct BallotBox: Sendable {
    /// Open vote keys; more are refused until some close.
    private static let ballotLimit = 200_000
    /// Votes waiting for their operator set.
    private static let parkedLimit = 20_000
    /// For how many publications of other sets they wait.
    private static let parkedPublications = 16

    package enum Admission: Hashable, Sendable {
        /// Worth the cost of checking its signature.
        case verify
        /// Known, or of no use to anyone.
        case ignore
        /// The ledger has not published the operator set yet; it is kept until it does.
        case parked
        /// No honest peer sends this.
        case reject(reason: String)
    }

    package let network: Digest
    private var ballots: [VoteKey: Ballot] = [:]
    private var parked: [Digest: Parked] = [:]
    private var parkedCount = 0
    private var setsPublished = 0
    private var latest: [LatestKey: Attestation] = [:]

    /// A vote and who handed it over.
    package struct Delivery: Hashable, Sendable {
        package let vote: Attestation
        package let party: Party
    }

    private struct Parked: Sendable {
        var deliveries: [Delivery] = []
        let since: Int
    }


    private struct LatestKey: Hashable { let signer: PublicKey; let service: ServiceID }

    package init(network: Digest) { self.network = network }

    package subscript(key: VoteKey) -> Ballot? { ballots[key] }

    package mutating func admit(_ attestation: Attestation, from party: Party, sets: OperatorSetBook) -> Admission {
        let statement = attestation.statement
        guard statement.voteKey.network == network else { return .reject(reason: "a vote of another network") }
        guard let set = sets.set(statement.operatorSet) else { return park(Delivery(vote: attestation, party: party)) }
        guard set.service == statement.service, set.epoch == statement.epoch else {
            return .reject(reason: "a vote that pins another service's or epoch's operator set")
        }
        guard set.index(of: attestation.signer) != nil else { return .reject(reason: "a vote of no member") }
        guard let ballot = ballots[statement.voteKey] else {
            return ballots.count < Self.ballotLimit ? .verify : .ignore
        }
        return ballot.wants(attestation) ? .verify : .ignore
    }

    /// Counts a vote whose signature is verified and whose operator set is known.
    ///
    /// - Returns: the result, and whether this vote opened the ballot.
    package mutating func count(_ attestation: Attestation, sets: OperatorSetBook) -> (Ballot.Result, opened: Bool)? {
        guard let set = sets.set(attestation.statement.operatorSet), let member = set.index(of: attestation.signer)
        else { return nil }
        let key = attestation.statement.voteKey
        let opened = ballots[key] == nil
        let result = ballots[key, default: Ballot()].count(attestation, by: member, in: set)
        let latestKey = LatestKey(signer: attestation.signer, service: key.service)
        if latest[latestKey].map({ $0.statement.voteKey.subject < key.subject }) ?? true {
            latest[latestKey] = attestation
        }
        return (result, opened)
    }

    package mutating func close(_ key: VoteKey) { ballots[key] = nil }

    /// The votes that waited for this operator set. Votes for sets that do not come are dropped in time.
    package mutating func unpark(_ set: Digest) -> [Delivery] {
        setsPublished += 1
        let deliveries = parked.removeValue(forKey: set)?.deliveries ?? []
        parked = parked.filter { setsPublished - $0.value.since < Self.parkedPublications }
        parkedCount = parked.values.reduce(0) { $0 + $1.deliveries.count }
        return deliveries
    }

    /// The latest vote held of this signer in each AVS, for a node that checks its own memory.
    package func latestVotes(of signer: PublicKey, services: Int) -> [Attestation] {
        (0..<services).compactMap { latest[LatestKey(signer: signer, service: ServiceID(UInt32($0)))] }
    }

    private mutating func park(_ delivery: Delivery) -> Admission {
        guard parkedCount < Self.parkedLimit else { return .ignore }
        let key = delivery.vote.statement.operatorSet
        var entry = parked[key] ?? Parked(since: setsPublished)
        guard !entry.deliveries.contains(where: { $0.vote == delivery.vote }) else { return .ignore }
        entry.deliveries.append(delivery)
        parked[key] = entry
        parkedCount += 1
        return .parked
    }
}
