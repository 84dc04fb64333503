import Messages
import Primitives

/// The operator sets within the evidence horizon: of each AVS, those of several epochs, with their revisions.
struct OperatorSetArchive: Hashable, Sendable {
    /// By AVS; each in ascending order of (epoch, revision), never empty once the first epoch is open.
    private(set) var sets: [[OperatorSet]]
    private var known: [Digest: OperatorSet] = [:]

    init(services: Int) { sets = Array(repeating: [], count: services) }

    mutating func open(_ set: OperatorSet) {
        sets[Int(set.service.number)].append(set)
        known[set.digest] = set
    }

    /// The set that new tasks of this AVS pin.
    func current(_ service: ServiceID) -> OperatorSet { sets[Int(service.number)].last! }

    /// - Returns: nil unless this is the digest of a set of this very AVS and epoch.
    func set(_ digest: Digest, of service: ServiceID, in epoch: Epoch) -> OperatorSet? {
        guard let set = known[digest], set.service == service, set.epoch == epoch else { return nil }
        return set
    }

    mutating func prune(before oldest: Epoch) {
        for service in sets.indices {
            let outdated = sets[service].prefix { $0.epoch < oldest }
            for set in outdated { known[set.digest] = nil }
            sets[service].removeFirst(outdated.count)
        }
    }

    /// Everything, oldest epoch first: the present epoch's sets come last, each AVS's latest revision after its others.
    var chronological: [OperatorSet] {
        sets.joined().sorted { ($0.epoch, $0.service, $0.revision) < ($1.epoch, $1.service, $1.revision) }
    }

    /// For checks: whether look-up and lists hold the same sets.
    var isConsistent: Bool {
        known.count == sets.reduce(0) { $0 + $1.count } && sets.joined().allSatisfy { known[$0.digest] == $0 }
    }
}

extension OperatorSetArchive: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(UInt32(sets.count))
        for list in sets { encoder.encode(list) }
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        let count: UInt32 = try decoder.decode()
        guard count <= 64 else { throw .tooLong(type: "operator sets", count: Int(count), limit: 64) }
        self.init(services: Int(count))
        for _ in 0..<count {
            for set in try decoder.decodeList(OperatorSet.self) where Int(set.service.number) < sets.count {
                open(set)
            }
        }
    }
}
