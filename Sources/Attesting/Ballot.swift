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
        private var signatures: [Signature?]

        fileprivate init(statement: Statement, digest: Digest, operatorSet: OperatorSet) {
            self.statement = statement
            self.digest = digest
            self.operatorSet = operatorSet
            signers = SignerSet(size: operatorSet.members.count)
            signatures = Array(repeating: nil, count: operatorSet.members.count)
        }

        fileprivate mutating func count(_ signature: Signature, of member: MemberIndex) {
            guard signers.insert(member) else { return }
            signatures[member.place] = signature
            weight += operatorSet.members[member.place].weight
        }

        /// All votes for it so far. A certificate in the full sense only once its weight is a quorum.
        package var certificate: Certificate {
            Certificate(statement: statement, signers: signers, signatures: signatures.compactMap(\.self))!
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
    private var votes: [PublicKey: [Attestation]] = [:]

    package init() {}

    package var certifiedChoice: Choice? { certified.map { choices[$0] } }

    package func votes(by signer: PublicKey) -> [Attestation] { votes[signer] ?? [] }

    /// Whether this vote would add anything: not once it is known, nor beyond two by one signer.
    package func wants(_ attestation: Attestation) -> Bool {
        let held = votes(by: attestation.signer)
        return held.count < 2 && !held.contains { $0.statement == attestation.statement }
    }

    /// Counts a vote whose signature is verified.
    package mutating func count(_ attestation: Attestation, by member: MemberIndex, in set: OperatorSet) -> Result {
        guard wants(attestation) else { return .duplicate }
        let earlier = votes(by: attestation.signer).first
        votes[attestation.signer, default: []].append(attestation)
        if let earlier { return .conflict(.equivocation(Equivocation(earlier, attestation)!)) }

        let place = place(of: attestation.statement, in: set)
        choices[place].count(attestation.signature, of: member)
        guard certified == nil, set.isQuorum(choices[place].weight) else { return .counted }
        certified = place
        return .certified(choices[place].certificate)
    }

    private mutating func place(of statement: Statement, in set: OperatorSet) -> Int {
        if let place = choices.firstIndex(where: { $0.statement == statement }) { return place }
        choices.append(Choice(statement: statement, digest: statement.digest, operatorSet: set))
        return choices.endIndex - 1
    }
}
