import Cryptography
import Messages
import Primitives

/// One instruction of a sequence, good or bad, out of one number and the state that it meets.
///
/// The number decides nearly all of it (who, which operator, what amount), so that a step still is what it was when
/// others before it are left out.
struct Draw {
    var random: SeededRandom
    let scene: Scene
    let model: Model
    let deeds: [Deed]

    /// A task that has been certified.
    struct Deed: Sendable {
        let task: ServiceTask
        let statement: Statement
        let body: [UInt8]
        let set: OperatorSet
    }

    init(_ number: UInt64, _ scene: Scene, _ model: Model, _ deeds: [Deed]) {
        random = SeededRandom(seed: number, purpose: "step")
        self.scene = scene
        self.model = model
        self.deeds = deeds
    }

    // MARK: Drawing

    mutating func below(_ bound: UInt64) -> UInt64 { random.next() % bound }
    mutating func oneIn(_ bound: UInt64) -> Bool { below(bound) == 0 }

    /// Now and then one that does not exist.
    mutating func signer() -> OperatorIndex { OperatorIndex(UInt32(oneIn(60) ? 9 : below(UInt64(Cast.signers)))) }
    mutating func service() -> ServiceID { ServiceID(UInt32(oneIn(60) ? 9 : below(UInt64(Cast.services)))) }

    mutating func asset() -> AssetID {
        if oneIn(80) { return AssetID(50 as UInt32) }
        let place = below(10)
        return AssetID(place < 6 ? 0 : place < 8 || model.assets.count < 3 ? 1 : Int(below(UInt64(model.assets.count))))
    }

    mutating func amount() -> UInt64 {
        switch below(40) {
        case 0: 0
        case 1: .max
        case 2: UInt64.max - below(1_000)
        default: Scene.amount(scene.size.bits, &random)
        }
    }

    /// Of what somebody has: all of it, a lamport more or less, a part of it; or any amount.
    mutating func amount(of shares: Exact, _ asset: AssetID) -> Units {
        guard asset.place < model.assets.count, below(3) > 0 else { return Units(amount()) }
        let all = (shares * model.price(of: asset)).whole ?? 0
        switch below(6) {
        case 0: return Units(all &+ 1)
        case 1: return Units(all - min(all, 1))
        case 2, 3: return Units(all / (2 + below(5)))
        default: return Units(all)
        }
    }

    mutating func key() -> Cast {
        [
            .clock, .signer(Int(below(4))), .restaker(Int(below(6))), .coordinator(Int(below(2))), .councillor(0),
            .authority, .resolver, .address, .stranger,
        ][Int(below(9))]
    }

    // MARK: The weights

    mutating func instruction() -> (Instruction, Cast) {
        switch below(1_000) {
        case 0..<140: return advance()
        case 140..<490: return stake()
        case 490..<525: return (.claimRewards, oneIn(2) ? .restaker(Int(below(6))) : key())
        case 525..<570: return evidence()
        case 570..<635: return certificate()
        case 635..<660: return claim()
        case 660..<690: return dispute()
        case 690..<725:
            let id = model.disputes.isEmpty || oneIn(10) ? DisputeID(99) : model.disputes[0].id
            return (.voteDispute(id, voids: below(4) > 0), .signer(Int(below(4))))
        case 725..<745:
            let offence = model.pending.isEmpty || oneIn(10) ? .zero : model.pending[0].record.offence
            return (.cancelSlash(offence: offence), oneIn(4) ? key() : .resolver)
        case 745..<755: return (.fund(service(), Lamports(amount())), key())
        case 755..<790: return worth()
        case 790..<850: return governance()
        case 850..<880: return letter()
        case 880..<990: return operatorsWish()
        default: return anyone()
        }
    }

    private mutating func advance() -> (Instruction, Cast) {
        let present = model.slot.number
        let slot: UInt64
        switch below(100) {
        case 0: slot = present - min(present, below(3))
        case 1: slot = UInt64.max - below(4)
        case 2: slot = present + 10 * below(30)
        case 3: slot = present + (oneIn(8) ? 42_000 : 200)
        case 4..<40: slot = model.epoch.next.number * model.parameters.slotsPerEpoch
        default: slot = present + 1 + below(9)
        }
        return (.advance(to: Slot(slot)), oneIn(100) ? key() : .clock)
    }

    private mutating func stake() -> (Instruction, Cast) {
        let (place, asset, signer) = (Int(below(6)), asset(), signer())
        let who = oneIn(100) ? key() : Cast.restaker(place)
        let isThere = asset.place < model.assets.count
        let spot = Model.Spot(asset: asset, signer: signer)
        switch below(38) {
        case 0..<9: return (.deposit(asset, Units(amount())), who)
        case 9..<17:
            return (.withdraw(asset, amount(of: isThere ? model.available(asset, to: place) : .zero, asset)), who)
        case 17..<28:
            let free = isThere ? model.available(asset, to: place) : .zero
            return (.delegate(asset, amount(of: free, asset), to: signer), who)
        case 28..<37:
            let held = model.has(.active, spot, place) + model.has(.joining, spot, place)
            return (.undelegate(asset, amount(of: held, asset), from: signer), who)
        default: return (.emergencyExit(asset, from: signer), who)
        }
    }

    private mutating func worth() -> (Instruction, Cast) {
        let who = oneIn(12) ? key() : Cast.authority
        if oneIn(2) {
            let validator = ValidatorIndex(Int(below(4)))
            // A bad year has no yield at all, a good one doubles the stake.
            let most: UInt64 = oneIn(20) ? 40 : 34
            let staking = oneIn(5) ? 0 : min(Scene.amount(most, &random), BaseYield.whole)
            let mev = oneIn(3) ? 0 : min(Scene.amount(most, &random), BaseYield.whole)
            return (.updateYield(validator, BaseYield(staking: staking, mev: mev)), who)
        }
        let asset = oneIn(3) ? asset() : AssetID(1 as UInt32)
        return (.updateRate(asset, rate(near: asset)), who)
    }

    private mutating func rate(near asset: AssetID) -> ExchangeRate {
        let present = asset.place < model.assets.count ? model.assets[asset.place].rate.number : 1_000_000_000
        if oneIn(10) { return ExchangeRate(Scene.amount(50, &random) % 1_000_000_000_000_000 + 1)! }
        return ExchangeRate(max(1, present / 10_000 * (9_950 + below(102))))!
    }

    private mutating func governance() -> (Instruction, Cast) {
        let proposal = ProposalID(UInt32(below(UInt64(model.proposalCount + 1))))
        switch below(10) {
        case 0:
            // Short lists: each asset costs every later step time.
            let name = oneIn(4) ? "mSOL" : "a\(below(3))"
            let terms = AssetTerms(
                name: name, authority: Cast.authority.key.publicKey, rate: rate(near: AssetID(1 as UInt32)),
                weight: BasisPoints(5_000 + below(5_001))!, points: UInt8(below(4)))
            return (.propose(terms), oneIn(8) ? key() : .restaker(Int(below(6))))
        case 1..<4: return (.vote(proposal, accepts: below(4) > 0), .restaker(Int(below(6))))
        default:
            let motion: Motion
            switch below(8) {
            case 0..<4: motion = .list(proposal)
            case 4..<6: motion = .setStatus(asset(), oneIn(6) ? .retired : oneIn(3) ? .paused : .active)
            case 6: motion = .setRate(asset(), rate(near: AssetID(1 as UInt32)))
            default: motion = oneIn(3) ? .markDefunct(service()) : .setStatus(AssetID(1 as UInt32), .active)
            }
            return (.approve(motion), oneIn(20) ? key() : .councillor(Int(below(3))))
        }
    }

    private mutating func operatorsWish() -> (Instruction, Cast) {
        let who = oneIn(60) ? key() : Cast.signer(Int(below(4)))
        switch below(24) {
        case 0..<5: return (.setCommission(BasisPoints(oneIn(5) ? 10_000 : below(3_000))!), who)
        case 5..<9: return (.optIn(service()), who)
        case 9..<11: return (.optOut(service()), who)
        case 11..<16:
            let parts: UInt64 = oneIn(4) ? Magnitude.whole.number : below(Magnitude.whole.number / 2)
            return (.allocate(service(), asset(), Magnitude(oneIn(6) ? 0 : parts)!), who)
        case 16..<19: return (.unjail(service()), who)
        case 19: return oneIn(8) ? (.exit, who) : (.registerClient(.own), who)
        case 20..<22: return (.admit(signer()), oneIn(20) ? key() : .coordinator(Int(below(2))))
        case 22: return (.expel(signer()), oneIn(20) ? key() : .coordinator(Int(below(2))))
        default: return (.registerEndpoint(Endpoint(signer: signer(), address: 1, port: 1)), who)
        }
    }

    /// Something that is not for this key to ask, most likely.
    private mutating func anyone() -> (Instruction, Cast) {
        (oneIn(2) ? stake().0 : operatorsWish().0, key())
    }
}
