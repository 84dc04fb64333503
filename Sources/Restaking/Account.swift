import Cryptography
import Messages
import Primitives

/// Someone whom the ledger knows: what its key may ask for, how far its instructions have come, what it has earned.
struct Account: Hashable, Sendable {
    let key: PublicKey
    var isClock = false
    var signer: OperatorIndex?
    var restaker: RestakerIndex?
    var coordinated: ServiceID?
    var nextNonce: UInt64 = 0
    /// By asset, and not claimed yet. Ends with the last asset of which there ever was any.
    private(set) var earned: [Units] = []
    /// Protocol points, in parts of which one lamport earns its asset's number in an epoch.
    var points: UInt128 = 0

    init(
        key: PublicKey, isClock: Bool = false, signer: OperatorIndex? = nil, restaker: RestakerIndex? = nil,
        coordinated: ServiceID? = nil
    ) {
        self.key = key
        self.isClock = isClock
        self.signer = signer
        self.restaker = restaker
        self.coordinated = coordinated
    }

    func earned(_ asset: AssetID) -> Units { asset.place < earned.count ? earned[asset.place] : .zero }

    var earnedAssets: Int { earned.count }

    mutating func earn(_ amount: Units, of asset: AssetID) {
        guard amount > .zero else { return }
        while earned.count <= asset.place { earned.append(.zero) }
        earned[asset.place] += amount
    }

    mutating func takeEarned() -> [Units] {
        defer { earned = [] }
        return earned
    }
}

extension Account: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(key)
        encoder.encode(isClock)
        encoder.encode(signer)
        encoder.encode(restaker)
        encoder.encode(coordinated)
        encoder.encode(nextNonce)
        encoder.encode(earned)
        encoder.encode(points)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        key = try decoder.decode()
        isClock = try decoder.decode()
        signer = try decoder.decodeOptional()
        restaker = try decoder.decodeOptional()
        coordinated = try decoder.decodeOptional()
        nextNonce = try decoder.decode()
        earned = try decoder.decodeList()
        points = try decoder.decode()
    }
}
