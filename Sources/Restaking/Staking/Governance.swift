import Messages
import Primitives

/// What is open before restakers and council.
struct Governance: Hashable, Sendable {
    static let openLimit = 64

    /// By number; they are kept, so that a number is never used again.
    var proposals: [Proposal] = []
    /// Motions that have not carried yet, in the order in which they came.
    var motions: [OpenMotion] = []

    struct Proposal: Hashable, Sendable {
        let terms: AssetTerms
        let opened: Epoch
        var yes: UInt128 = 0
        var no: UInt128 = 0
        /// Ascending.
        var voters: [RestakerIndex] = []
        var isListed = false
    }

    struct OpenMotion: Hashable, Sendable {
        let motion: Motion
        /// By place in the council, ascending.
        var approvals: [UInt32]
    }
}

extension Governance.Proposal: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(terms)
        encoder.encode(opened)
        encoder.encode(yes)
        encoder.encode(no)
        encoder.encode(voters)
        encoder.encode(isListed)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        terms = try decoder.decode()
        opened = try decoder.decode()
        yes = try decoder.decode()
        no = try decoder.decode()
        voters = try decoder.decodeList()
        isListed = try decoder.decode()
    }
}

extension Governance.OpenMotion: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(motion)
        encoder.encode(UInt32(approvals.count))
        for approval in approvals { encoder.encode(approval) }
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        motion = try decoder.decode()
        let count: UInt32 = try decoder.decode()
        guard count <= UInt32(GovernanceTerms.councilLimit) else {
            throw .tooLong(type: "approvals", count: Int(count), limit: GovernanceTerms.councilLimit)
        }
        approvals = []
        for _ in 0..<count { approvals.append(try decoder.decode()) }
    }
}

extension Governance: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(proposals)
        encoder.encode(motions)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        proposals = try decoder.decodeList()
        motions = try decoder.decodeList()
    }
}
