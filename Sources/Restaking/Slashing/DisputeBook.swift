import Messages
import Primitives

/// Challenges to certified results that operators vote on.
struct DisputeBook: Hashable, Sendable {
    static let openLimit = 256

    private(set) var nextID: UInt32 = 0
    /// In the order of their numbers; decided ones are gone.
    private(set) var open: [Dispute] = []

    struct Dispute: Hashable, Sendable {
        let id: DisputeID
        let voteKey: VoteKey
        /// The set that certified the result: all of it counts, the accused included.
        let operatorSet: Digest
        /// The epoch of the certified statement.
        let statementEpoch: Epoch
        let opened: Epoch
        let bond: Units
        /// Where the challenger's account stands.
        let challenger: Int
        /// Over the operator set: who has voted at all, and who for voiding.
        var voters: SignerSet
        var voiding: SignerSet
    }

    init() {}

    func place(of id: DisputeID) -> Int? { open.place(of: id, by: \.id) }

    mutating func open(_ make: (DisputeID) -> Dispute) -> DisputeID {
        let id = DisputeID(nextID)
        nextID += 1
        open.append(make(id))
        return id
    }

    mutating func vote(_ member: MemberIndex, voids: Bool, at place: Int) {
        open[place].voters.insert(member)
        if voids { open[place].voiding.insert(member) }
    }

    mutating func close(_ place: Int) -> Dispute { open.remove(at: place) }
}

extension DisputeBook.Dispute: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(id)
        encoder.encode(voteKey)
        encoder.encode(operatorSet)
        encoder.encode(statementEpoch)
        encoder.encode(opened)
        encoder.encode(bond)
        encoder.encode(UInt32(challenger))
        encoder.encode(voters)
        encoder.encode(voiding)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        id = try decoder.decode()
        voteKey = try decoder.decode()
        operatorSet = try decoder.decode()
        statementEpoch = try decoder.decode()
        opened = try decoder.decode()
        bond = try decoder.decode()
        challenger = Int(try decoder.decode(UInt32.self))
        voters = try decoder.decode()
        voiding = try decoder.decode()
    }
}

extension DisputeBook: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(nextID)
        encoder.encode(open)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        nextID = try decoder.decode()
        open = try decoder.decodeList()
    }
}
