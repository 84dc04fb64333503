import Cryptography
import Messages
import Primitives

/// Checks votes, certificates and evidence with code that shares nothing with what is judged, but for Ed25519
/// itself: the signed bytes, the sums of stake and the threshold are made here a second time.
struct IndependentCheck {
    /// Votes are seen once for each holder of a certificate; a signature is checked once.
    private var known: [Attestation: Bool] = [:]

    mutating func isSigned(_ statement: Statement, _ signature: Signature, by signer: PublicKey) -> Bool {
        let vote = Attestation(statement: statement, signer: signer, signature: signature)
        if let answer = known[vote] { return answer }
        let answer = signature.isValid(for: Self.signedBytes(of: statement), by: signer)
        known[vote] = answer
        return answer
    }

    /// Why evidence does not prove that this operator, or coordinator, has equivocated; nil when it does.
    mutating func flaw(in evidence: Evidence, against accused: PublicKey) -> String? {
        switch evidence {
        case .equivocation(let pair):
            if pair.accused != accused { return "it accuses another operator" }
            if Self.keyBytes(of: pair.first) != Self.keyBytes(of: pair.second) {
                return "the two votes are about different subjects"
            }
            if Self.signedBytes(of: pair.first) == Self.signedBytes(of: pair.second) {
                return "the two votes say the same"
            }
            guard isSigned(pair.first, pair.firstSignature, by: accused),
                isSigned(pair.second, pair.secondSignature, by: accused)
            else { return "a signature in it is not valid" }
            return nil
        case .taskEquivocation(let pair):
            let messages = [pair.first, pair.second].map(Self.signedBytes)
            if pair.accused != accused { return "it accuses another coordinator" }
            if Self.numberBytes(of: pair.first) != Self.numberBytes(of: pair.second) {
                return "the two tasks stand under different numbers"
            }
            if messages[0] == messages[1] { return "the two tasks are the same" }
            guard pair.firstSignature.isValid(for: messages[0], by: accused),
                pair.secondSignature.isValid(for: messages[1], by: accused)
            else { return "a signature in it is not valid" }
            return nil
        }
    }

    /// Why a certificate is none under the operator set that it names; nil when it is one.
    mutating func flaw(in certificate: Certificate, under set: OperatorSet) -> String? {
        let statement = certificate.statement
        guard statement.voteKey.network == set.network, statement.voteKey.service == set.service,
            statement.epoch == set.epoch
        else { return "its operator set is of another network, service or epoch" }
        guard certificate.signers.size == set.members.count else {
            return "it ranges over \(certificate.signers.size) members, its operator set has \(set.members.count)"
        }
        let signed = Self.signedMembers(certificate.signers.bits, of: set)
        guard signed.count == certificate.signatures.count else {
            return "\(signed.count) signers, but \(certificate.signatures.count) signatures"
        }
        for (member, signature) in zip(signed, certificate.signatures)
        where !isSigned(statement, signature, by: member.key) {
            return "the signature of operator \(member.signer) is not valid"
        }
        guard Self.suffices(members: signed, of: set) else {
            let stake = Lamports(signed.reduce(0) { $0 &+ $1.weight.number })
            return "\(stake) signed, not more than \(set.threshold) of the stake"
        }
        return nil
    }

    /// Whether these members hold more than the threshold: what the others hold, by the denominator, is less than
    /// what the threshold leaves over.
    static func suffices(members: [OperatorSet.Member], of set: OperatorSet) -> Bool {
        guard Set(members.map(\.key)).count == members.count else { return false }
        let total = sum(of: set.members)
        let absent = total - sum(of: members)
        let (numerator, denominator) = (UInt128(set.threshold.numerator), UInt128(set.threshold.denominator))
        guard numerator < denominator else { return false }
        return absent * denominator < total * (denominator - numerator)
    }

    /// Whether these members hold at least 2q - 1 of the stake, with which two certificates can both be had.
    static func canForceTwo(members: [OperatorSet.Member], of set: OperatorSet) -> Bool {
        let (numerator, denominator) = (Int128(set.threshold.numerator), Int128(set.threshold.denominator))
        return Int128(sum(of: members)) * denominator >= Int128(sum(of: set.members)) * (2 * numerator - denominator)
    }

    /// The least stake that is 2q - 1 of an operator set's.
    static func leastToForceTwo(in set: OperatorSet) -> Lamports {
        let (numerator, denominator) = (UInt128(set.threshold.numerator), UInt128(set.threshold.denominator))
        guard 2 * numerator > denominator else { return .zero }
        let product = sum(of: set.members) * (2 * numerator - denominator)
        return Lamports(UInt64((product + denominator - 1) / denominator))
    }

    static func sum(of members: [OperatorSet.Member]) -> UInt128 {
        members.reduce(0) { $0 + UInt128($1.weight.number) }
    }

    private static func signedMembers(_ bits: [UInt8], of set: OperatorSet) -> [OperatorSet.Member] {
        set.members.indices.filter { bits[$0 >> 3] >> UInt8($0 & 7) & 1 == 1 }.map { set.members[$0] }
    }

    /// Tag, network, service, subject, kind, operator set, epoch, task, result; numbers little-endian.
    static func signedBytes(of statement: Statement) -> [UInt8] {
        var bytes = Array("quorate/vote/1".utf8)
        bytes += keyBytes(of: statement)
        bytes += statement.operatorSet.storage.bytes
        bytes += littleEndian(statement.epoch.number)
        bytes += statement.task.storage.bytes
        bytes += statement.result.storage.bytes
        return bytes
    }

    /// Tag, network, service, sequence, epoch, operator set, payload's digest, issue and deadline.
    static func signedBytes(of task: TaskHeader) -> [UInt8] {
        var bytes = Array("quorate/task/1".utf8)
        bytes += numberBytes(of: task)
        bytes += littleEndian(task.epoch.number)
        bytes += task.operatorSet.storage.bytes
        bytes += task.payload.storage.bytes
        bytes += littleEndian(task.issued.nanoseconds)
        bytes += littleEndian(task.deadline.nanoseconds)
        return bytes
    }

    private static func numberBytes(of task: TaskHeader) -> [UInt8] {
        task.network.storage.bytes + littleEndian(task.service.number) + littleEndian(task.sequence.number)
    }

    private static func keyBytes(of statement: Statement) -> [UInt8] {
        let key = statement.voteKey
        var bytes = key.network.storage.bytes
        bytes += littleEndian(key.service.number)
        bytes += littleEndian(key.subject.scope)
        bytes += littleEndian(key.subject.number)
        bytes.append(key.kind.rawValue)
        return bytes
    }

    private static func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}
