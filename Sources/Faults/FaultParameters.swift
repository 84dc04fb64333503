import Messages
import Primitives

/// What an adversary can be told besides its schedule. Which of them it takes says its ``CatalogueEntry``.
package struct FaultParameters: Hashable, Sendable {
    /// How late it acts.
    package var delay: Duration?
    /// Whom it treats otherwise than the others, ascending.
    package var chosen: [OperatorIndex] = []
    /// How many frames it sends a second to each receiver; never 0.
    package var rate: UInt64?
    /// Which one of several ways it has.
    package var form: FaultForm?
    /// What its disk holds when it is started again.
    package var disk = FaultDisk.keep
    /// By how much its clock is ahead, or behind.
    package var skew: Duration?
    /// Of `withhold`: the chance of each vote to each receiver. Of `clock-drift`: by which share its clock runs fast.
    package var share: Fraction?
    /// Of an amnesia: that its process has died of it, and this is the next one.
    package var hasDied = false

    package init() {}
}

/// What a node that is started again finds of its signing guard.
package enum FaultDisk: String, CaseIterable, Hashable, Sendable {
    /// All that it wrote.
    case keep
    /// What it had written some time before, as after a backup was put back.
    case older
    /// Nothing, as on a new machine.
    case empty
}

/// The ways of adversaries that have several.
package enum FaultForm: String, CaseIterable, Hashable, Sendable {
    // Of `replay`: where the old vote is sent to
    case task
    case epoch
    case service
    case network

    // Of `forged-certificate`
    /// A bit for everyone, and signatures that are none.
    case noSignatures = "no-signatures"
    /// One vote, and everyone's bit over its signature.
    case duplicateSigners = "duplicate-signers"
    /// Over the operator set of another revision.
    case staleSnapshot = "stale-snapshot"
    /// Valid votes of less than the threshold.
    case wrongWeights = "wrong-weights"

    // Of `false-accusation`
    /// One vote, twice.
    case sameVote = "same-vote"
    /// Two votes of another network.
    case otherNetwork = "other-network"
    /// A vote, and the same with another result under its signature.
    case alteredBytes = "altered-bytes"
    /// A vote, and another with a signature by another key.
    case forgedSignature = "forged-signature"

    package static let ofReplay: [FaultForm] = [.task, .epoch, .service, .network]
    package static let ofForgedCertificate: [FaultForm] = [
        .noSignatures, .duplicateSigners, .staleSnapshot, .wrongWeights,
    ]
    package static let ofFalseAccusation: [FaultForm] = [.sameVote, .otherNetwork, .alteredBytes, .forgedSignature]
}

extension FaultParameters: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(delay)
        encoder.encode(chosen)
        encoder.encode(rate ?? 0)
        encoder.encode(form?.rawValue ?? "")
        encoder.encode(disk.rawValue)
        encoder.encode((skew ?? .zero).nanoseconds)
        encoder.encode(share)
        encoder.encode(hasDied)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        self.init()
        delay = try decoder.decodeOptional()
        chosen = try decoder.decode(limit: OperatorSet.memberLimit)
        let rate: UInt64 = try decoder.decode()
        self.rate = rate == 0 ? nil : rate
        let form = try decoder.decodeText(limit: 64)
        guard form.isEmpty || FaultForm(rawValue: form) != nil else {
            throw .invalid(type: "FaultForm", reason: "no way is named \(form)")
        }
        self.form = FaultForm(rawValue: form)
        let disk = try decoder.decodeText(limit: 64)
        guard let known = FaultDisk(rawValue: disk) else {
            throw .invalid(type: "FaultDisk", reason: "no disk is named \(disk)")
        }
        self.disk = known
        let nanoseconds: Int64 = try decoder.decode()
        skew = nanoseconds == 0 ? nil : .nanoseconds(nanoseconds)
        share = try decoder.decodeOptional()
        hasDied = try decoder.decode()
    }
}
