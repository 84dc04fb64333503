import Cryptography
import Messages
import Primitives

/// A registered operator.
struct OperatorRecord: Hashable, Sendable {
    let key: PublicKey
    var endpoint: Endpoint?
    var client: ClientVersion
    private(set) var commission: Commission
    /// The epoch in which it was tombstoned: for good.
    var tombstoned: Epoch?
    /// The epoch in which it left: for good.
    var exited: Epoch?
    /// In ascending order of AVSs and assets.
    private(set) var allocations: [Allocation] = []

    var isTombstoned: Bool { tombstoned != nil }
    var hasExited: Bool { exited != nil }
    /// Takes no delegations any more: what is on its way goes back.
    var isClosed: Bool { isTombstoned || hasExited }

    struct Commission: Hashable, Sendable {
        var present: BasisPoints
        /// A rise that was asked for, and the first epoch that it holds in.
        var next: (rate: BasisPoints, from: Epoch)?

        static func == (left: Self, right: Self) -> Bool {
            left.present == right.present && left.next?.rate == right.next?.rate && left.next?.from == right.next?.from
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(present)
            hasher.combine(next?.rate)
            hasher.combine(next?.from)
        }
    }

    /// The parts of its stake of one asset that have secured one AVS, within the evidence horizon.
    struct Allocation: Hashable, Sendable {
        let service: ServiceID
        let asset: AssetID
        /// In ascending order of epochs; each holds until the next one.
        var entries: [Entry]

        struct Entry: Hashable, Sendable {
            let from: Epoch
            var magnitude: Magnitude
        }
    }

    init(_ terms: Genesis.Signer) {
        key = terms.key
        client = terms.client
        commission = Commission(present: terms.commission, next: nil)
    }

    // MARK: Commission

    func commission(in epoch: Epoch) -> BasisPoints {
        if let next = commission.next, epoch >= next.from { return next.rate }
        return commission.present
    }

    mutating func setCommission(_ rate: BasisPoints, in epoch: Epoch) {
        let present = commission(in: epoch)
        commission =
            rate <= present
            ? Commission(present: rate, next: nil) : Commission(present: present, next: (rate, epoch.next))
    }

    // MARK: Allocations

    func magnitude(for service: ServiceID, _ asset: AssetID, in epoch: Epoch) -> Magnitude {
        guard let place = place(of: service, asset) else { return .zero }
        return allocations[place].entries.last { $0.from <= epoch }?.magnitude ?? .zero
    }

    /// The most that has secured, secures or is going to secure this AVS in an epoch that can still be punished, or
    /// later: what no other AVS may count on.
    func encumbered(by service: ServiceID, _ asset: AssetID, since oldest: Epoch) -> Magnitude {
        guard let place = place(of: service, asset) else { return .zero }
        let entries = allocations[place].entries
        let first = entries.lastIndex { $0.from <= oldest } ?? 0
        return entries[first...].map(\.magnitude).max() ?? .zero
    }

    /// Of all AVSs but this one.
    func encumbered(_ asset: AssetID, besides service: ServiceID, since oldest: Epoch) -> UInt64 {
        allocations.filter { $0.asset == asset && $0.service != service }
            .reduce(0) { $0 + encumbered(by: $1.service, asset, since: oldest).number }
    }

    mutating func allocate(
        _ magnitude: Magnitude, to service: ServiceID, _ asset: AssetID, from epoch: Epoch, oldest: Epoch
    ) {
        let place = place(of: service, asset) ?? insert(service, asset)
        var entries = allocations[place].entries.filter { $0.from != epoch }
        if let first = entries.lastIndex(where: { $0.from <= oldest }) { entries.removeFirst(first) }
        entries.append(Allocation.Entry(from: epoch, magnitude: magnitude))
        allocations[place].entries = entries
    }

    /// After a slash for `service` has taken `lost` of `before`: each part becomes what it still is of the rest, and the
    /// other parts are stretched over it, as far as it goes.
    mutating func stretch(
        _ asset: AssetID, after service: ServiceID, lost: VaultShares, of before: VaultShares, from epoch: Epoch,
        oldest: Epoch
    ) {
        let rest = before - lost
        for part in allocations where part.asset == asset {
            let magnitude = magnitude(for: part.service, asset, in: epoch)
            let kept = UInt128(magnitude.number) * UInt128(before.number)
            let taken = part.service == service ? UInt128(Magnitude.whole.number) * UInt128(lost.number) : 0
            let number = rest == .zero || kept <= taken ? 0 : (kept - taken) / UInt128(rest.number)
            let stretched = Magnitude(UInt64(min(number, UInt128(Magnitude.whole.number))))!
            if stretched != magnitude {
                allocate(stretched, to: part.service, asset, from: epoch, oldest: oldest)
            }
        }
    }

    private func place(of service: ServiceID, _ asset: AssetID) -> Int? {
        allocations.firstIndex { $0.service == service && $0.asset == asset }
    }

    private mutating func insert(_ service: ServiceID, _ asset: AssetID) -> Int {
        let place = allocations.firstIndex { ($0.service, $0.asset) > (service, asset) } ?? allocations.count
        allocations.insert(Allocation(service: service, asset: asset, entries: []), at: place)
        return place
    }
}

extension OperatorRecord.Commission: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(present)
        encoder.encode(next?.rate)
        encoder.encode(next?.from)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        present = try decoder.decode()
        let rate: BasisPoints? = try decoder.decodeOptional()
        let from: Epoch? = try decoder.decodeOptional()
        if let rate, let from { next = (rate, from) }
    }
}

extension OperatorRecord.Allocation.Entry: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(from)
        encoder.encode(magnitude)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        from = try decoder.decode()
        magnitude = try decoder.decode()
    }
}

extension OperatorRecord.Allocation: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(service)
        encoder.encode(asset)
        encoder.encode(entries)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        service = try decoder.decode()
        asset = try decoder.decode()
        entries = try decoder.decodeList()
    }
}

extension OperatorRecord: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(key)
        encoder.encode(endpoint)
        encoder.encode(client)
        encoder.encode(commission)
        encoder.encode(tombstoned)
        encoder.encode(exited)
        encoder.encode(allocations)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        key = try decoder.decode()
        endpoint = try decoder.decodeOptional()
        client = try decoder.decode()
        commission = try decoder.decode()
        tombstoned = try decoder.decodeOptional()
        exited = try decoder.decodeOptional()
        allocations = try decoder.decodeList()
    }
}
