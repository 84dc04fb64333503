import Cryptography
import Messages
import Primitives

/// The restaking state a second time, slow and obvious: who has what, as exact numbers, restaker by restaker.
///
/// It has no pools, no indices and no buckets: a slash, a reward, a yield or a commission goes over everyone whom it
/// concerns. It knows the rules and nothing of how the ledger keeps its books; it imports none of it. Where a rule says
/// that something is a whole number (a weight, a net yield, a share of the vote), it is one here too; everything else is
/// never rounded. So the ledger's numbers may differ from these by what it has rounded, which `dust` counts step by step.
///
/// Where so little decides what happens (whether one has enough, whether a weight is above 0), the model follows the
/// ledger, and only there: see `Followed`.
package struct Model: Sendable {
    package let network: Digest
    package let parameters: LedgerParameters
    package internal(set) var slot = Slot(0)
    package internal(set) var epoch = Epoch(0)

    var people: [Person] = []
    var places: [PublicKey: Int] = [:]
    var operatorPlaces: [Int] = []
    var restakerPlaces: [Int] = []
    package internal(set) var assets: [Asset]
    package internal(set) var operators: [Operator]
    package internal(set) var services: [Service]
    /// By restaker, then by asset: vault shares that are delegated to nobody.
    var idle: [[Exact]]
    /// By restaker.
    var stakes: [[Stake]]
    let poolTerms: NativePoolTerms
    var validators: [Validator]

    package internal(set) var pending: [Pending] = []
    var closed: [SlashRecord] = []
    var council = Council()
    /// By AVS, within the horizon, oldest first.
    package internal(set) var sets: [[OperatorSet]]
    var settlements: [VoteKey: Settled] = [:]
    var forgotten: [Line: UInt64] = [:]
    package internal(set) var disputes: [Dispute] = []
    var nextDispute: UInt32 = 0
    /// By AVS: the number of the first message, and how many there are.
    package internal(set) var inboxes: [(first: UInt64, count: Int)]

    /// How far rounding may have taken the ledger from these numbers.
    var dust: Dust
    var followed = Followed()
    /// For each operator's pool: how many shares the ledger has for each vault share in it. It decides one thing alone:
    /// whether what joins fits 64 bits.
    var poolShares: [Spot: Exact] = [:]
    /// Of what joined together and the ledger has not divided yet: what a single share of it has earned.
    var undivided: [Spot: ShareEarnings] = [:]

    struct ShareEarnings: Sendable {
        var lamports: Exact
        var points: Exact
    }

    /// Somebody whom the ledger knows.
    package struct Person: Sendable {
        let key: PublicKey
        var isClock = false
        var signer: OperatorIndex?
        var restaker: RestakerIndex?
        var coordinated: ServiceID?
        var nonce: UInt64 = 0
        /// By asset: earned and not claimed.
        var earned: [Exact] = []
        var points = Exact.zero
    }

    package struct Asset: Sendable {
        package let terms: AssetTerms
        let since: Epoch
        package var rate: ExchangeRate
        var rateTold: Epoch?
        package var status = AssetStatus.active
        var retired: Epoch?
        /// What the vault holds, in units.
        var balance = Exact.zero
        var flows = Flows()
    }

    /// What is not in the vault, in units of one asset: as in `Books`.
    struct Flows: Sendable {
        var entered = Exact.zero
        var bonds = Exact.zero
        var fees = Exact.zero
        var burned = Exact.zero
        var withdrawn = Exact.zero
        var residue = Exact.zero
    }

    /// A part of a restaker's stake: vault shares with one operator.
    struct Stake: Sendable {
        let asset: AssetID
        let signer: OperatorIndex
        var stage: Stage
        var amount: Exact

        enum Stage: Hashable, Sendable {
            /// Delegated in this epoch.
            case joining
            case active
            /// Left in this epoch: counts until it is over, then unbonds.
            case leaving(Epoch)
        }
    }

    /// One operator's stake of one asset.
    struct Spot: Hashable, Sendable {
        let asset: AssetID
        let signer: OperatorIndex

        init(asset: AssetID, signer: OperatorIndex) {
            self.asset = asset
            self.signer = signer
        }

        init(_ stake: Stake) { self.init(asset: stake.asset, signer: stake.signer) }
    }

    struct Validator: Sendable {
        var yield: BaseYield
        var stake = Exact.zero
        var moved = Exact.zero
    }

    // MARK: Sums over everyone

    /// Of one asset: all vault shares there are.
    func shares(of asset: AssetID) -> Exact {
        var sum = Exact.zero
        for restaker in stakes.indices {
            sum += idle[restaker][asset.place]
            for stake in stakes[restaker] where stake.asset == asset { sum += stake.amount }
        }
        return sum
    }

    /// Units for a vault share: assets over shares or, after a gain, the same with a virtual 1,000 added to both.
    func price(of asset: AssetID) -> Exact {
        let (balance, shares) = (assets[asset.place].balance, shares(of: asset))
        guard .zero < shares else { return .one }
        return balance <= shares ? balance / shares : (balance + 1_000) / (shares + 1_000)
    }

    /// What counts for an operator in this epoch, with what leaves at its close.
    func counting(_ spot: Spot) -> Exact { sum(spot, where: counts) }

    func counts(_ stake: Stake) -> Bool { stake.stage == .active || stake.stage == .leaving(epoch) }

    func sum(_ spot: Spot, where belongs: (Stake) -> Bool) -> Exact {
        var sum = Exact.zero
        for stake in stakes.joined()
        where stake.asset == spot.asset && stake.signer == spot.signer && belongs(stake) {
            sum += stake.amount
        }
        return sum
    }

    /// Goes over everyone's stake with one operator.
    mutating func forEach(_ spot: Spot, _ body: (inout Stake, _ restaker: Int) -> Void) {
        for restaker in stakes.indices {
            for place in stakes[restaker].indices
            where stakes[restaker][place].asset == spot.asset && stakes[restaker][place].signer == spot.signer {
                body(&stakes[restaker][place], restaker)
            }
        }
    }

    /// The ledger has as many shares as before for what is left of a pool.
    mutating func thin(_ spot: Spot, from before: Exact) {
        let after = counting(spot)
        guard let each = poolShares[spot] else { return }
        poolShares[spot] = .zero < after ? (each * before / after).onGrid : nil
    }

    mutating func earn(_ amount: Exact, of asset: AssetID, by place: Int) {
        while people[place].earned.count <= asset.place { people[place].earned.append(.zero) }
        people[place].earned[asset.place] += amount
    }

    func earned(_ asset: AssetID, by place: Int) -> Exact {
        asset.place < people[place].earned.count ? people[place].earned[asset.place] : .zero
    }

    // MARK: Time

    /// The oldest epoch whose offences are still punished.
    func oldest(at present: Epoch) -> Epoch {
        Epoch(present.number - min(present.number, parameters.unbondingEpochs))
    }

    func isPastHorizon(_ past: Epoch) -> Bool { past < oldest(at: epoch) }
}
