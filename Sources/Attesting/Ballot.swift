import Cryptography
import Messages
import Primitives

/// All verified votes for one vote key: who said what, what it weighs, and who contradicted themselves.
///
/// An operator's first vote counts; a second one never does, but is kept as the other half of the proof.
package struct Ballot: Sendable {
    /// The votes for one statement.
    package struct Choice: Sendable {
        package let statement: Statement
        package let digest: Digest
        package let operatorSet: OperatorSet
        package private(set) var signers: SignerSet
        package private(set) var weight: Lamports = .zero
        /// In the order in which they came. There may be thousands of members, and one vote.
        private var signatures: [(member: MemberIndex, signature: Signature)] = []

        fileprivate init(statement: Statement, digest: Digest, operatorSet: OperatorSet) {
            self.statement = statement
            self.digest = digest
            self.operatorSet = operatorSet
            signers = SignerSet(size: operatorSet.members.count)
        }

        fileprivate mutating func count(_ signature: Signature, of member: MemberIndex) {
            guard signers.insert(member) else { return }
            signatures.append((member, signature))
            weight += operatorSet.members[member.place].weight
        }

        fileprivate var isQuorum: Bool {
            #if DEBUG
                if PlantedBug.countHeads.isOn {
                    let total = Lamports(UInt64(operatorSet.members.count))
                    return operatorSet.threshold.isExceeded(by: Lamports(UInt64(signers.count)), of: total)
                }
            #endif
            return operatorSet.isQuorum(weight)
        }

        /// All votes for it so far. A certificate in the full sense only once its weight is a quorum.
        package var certificate: Certificate {
            let ordered = signatures.sorted { $0.member < $1.member }.map(\.signature)
            return Certificate(statement: statement, signers: signers, signatures: ordered)!
        }
    }

    package enum Result: Hashable, Sendable {
        case counted
        /// This vote carried its statement over the threshold.
        case certified(Certificate)
        case duplicate
        case conflict(Evidence)
    }

    package private(set) var choices: [Choice] = []
    /// The statement that was certified here first.
    package private(set) var certified: Int?
    /// Whose vote came first.
    package private(set) var opener: PublicKey?
    private var votes: [PublicKey: [Attestation]] = [:]

    package init() {}

    package var certifiedChoice: Choice? { certified.map { choices[$0] } }

    package func votes(by signer: PublicKey) -> [Attestation] { votes[signer] ?? [] }

    /// Whether the vote of this signer for the statement with this digest is here.
    package func holds(_ statement: Digest, by signer: PublicKey) -> Bool {
        guard let held = votes[signer] else { return false }
        if let known = choices.first(where: { $0.digest == statement })?.statement {
            return held.contains { $0.statement == known }
        }
        // A second vote stands for no choice of its own, and is rare enough to be hashed here.
        return held.dropFirst().contains { $0.statement.digest == statement }
    }

    /// Of these signers of one statement, those whose vote for it is not here.
    package func missing(_ signers: SignerSet, of statement: Digest, in set: OperatorSet) -> [MemberIndex] {
        if let choice = choices.first(where: { $0.digest == statement }), choice.signers.isSuperset(of: signers) {
            return []
        }
        return signers.members.filter { !holds(statement, by: set.members[$0.place].key) }
    }

    /// Whether this vote would add anything: not once it is known, nor beyond two by one signer.
    package func wants(_ attestation: Attestation) -> Bool {
        let held = votes(by: attestation.signer)
        return held.count < 2 && !held.contains { $0.statement == attestation.statement }
    }

    /// Counts a vote whose signature is verified.
    ///
    /// - Parameter mayCertify: whether its statement is about what was issued, by the operator set that decides it. If
    ///   not, the vote is evidence against its signer at most, whatever it weighs in the set that it pins.
    package mutating func count(
        _ attestation: Attestation, by member: MemberIndex, in set: OperatorSet, mayCertify: Bool
    ) -> Result {
        guard wants(attestation) else { return .duplicate }
        if opener == nil { opener = attestation.signer }
        let earlier = votes(by: attestation.signer).first
        votes[attestation.signer, default: []].append(attestation)
        if let earlier { return .conflict(.equivocation(Equivocation(earlier, attestation)!)) }

        let place = place(of: attestation.statement, in: set)
        choices[place].count(attestation.signature, of: member)
        guard mayCertify, let certificate = certify(place) else { return .counted }
        return .certified(certificate)
    }

    /// The task has come after votes on it, which may carry a statement over the threshold already.
    package mutating func certify(task: Digest, decidedBy operatorSet: Digest) -> Certificate? {
        for (place, choice) in choices.enumerated()
        where choice.statement.task == task && choice.statement.operatorSet == operatorSet {
            if let certificate = certify(place) { return certificate }
        }
        return nil
    }

    private mutating func certify(_ place: Int) -> Certificate? {
        guard certified == nil, choices[place].isQuorum else { return nil }
        certified = place
        return choices[place].certificate
    }

    private mutating func place(of statement: Statement, in set: OperatorSet) -> Int {
        if let place = choices.firstIndex(where: { $0.statement == statement }) { return place }
        choices.append(Choice(statement: statement, digest: statement.digest, operatorSet: set))
        return choices.endIndex - 1
    }

    func checkInvariants() {
        for choice in choices {
            precondition(choice.weight == choice.operatorSet.weight(of: choice.signers), "a choice weighs its signers")
            precondition(
                choice.signers.members.allSatisfy {
                    votes(by: choice.operatorSet.members[$0.place].key).first?.statement == choice.statement
                }, "only a first vote counts")
        }
        precondition(choices.reduce(0) { $0 + $1.signers.count } == votes.count, "every signer counts once")
        precondition(
            votes.values.allSatisfy { $0.count == 1 || $0.count == 2 && $0[0].statement != $0[1].statement },
            "two votes of one signer contradict each other")
        precondition(
            certifiedChoice.map { $0.operatorSet.isQuorum($0.weight) } ?? true, "a certificate carries a quorum")
    }
}
