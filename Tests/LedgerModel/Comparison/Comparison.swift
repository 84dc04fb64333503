import Messages
import Primitives
import Restaking

/// Holds a ledger against the model: who has what must be the same but for dust, and on the side of the pool.
final class Comparison {
    let ledger: Ledger
    let model: Model
    /// What everyone has in the ledger, exactly, in the model's terms: by restaker, free shares by asset, and stakes.
    let holdings: [Holdings]
    /// The restaker whose instruction it was, where rounding must not have favoured it, nor harmed the others.
    let actor: Int?
    /// By operator, then by asset.
    let figures: [[StakeFigures]]
    /// What each person has earned and not claimed, by asset.
    let earned: [[Exact]]
    /// By asset: dust in units, what is in shares among it.
    private let unitDust: [Exact]
    private(set) var faults: [String] = []

    /// What one restaker has.
    struct Holdings {
        var idle: [Exact]
        var stakes: [Model.Stake] = []
        var lamports = Exact.zero
        var points = Exact.zero
        /// Where something that several have delegated together is not divided yet: what each share of it has earned, one
        /// of which rounding may take from one and give to another.
        var undivided: [Model.Spot: Model.ShareEarnings] = [:]

        func total(_ asset: AssetID) -> Exact {
            stakes.reduce(idle[asset.place]) { $1.asset == asset ? $0 + $1.amount : $0 }
        }
    }

    init(_ ledger: Ledger, _ model: Model, actor: Int?) {
        self.ledger = ledger
        self.model = model
        self.actor = actor
        let holdings = model.stakes.indices.map { Self.holdings(of: RestakerIndex(UInt32($0)), ledger) }
        self.holdings = holdings
        earned = model.people.map { person in
            var earned = (ledger.earned(by: person.key) ?? []).map { Exact($0) }
            while earned.count < model.assets.count { earned.append(.zero) }
            if let restaker = person.restaker { earned[0] += holdings[Int(restaker.number)].lamports }
            return earned
        }
        figures = model.operators.indices.map { signer in
            (0..<ledger.assetCount).map { ledger.figures(of: OperatorIndex(UInt32(signer)), AssetID($0)) }
        }
        unitDust = model.assets.indices.map { place in
            let (shares, units) = (model.dust.shares[place], model.dust.units[place])
            return shares.isZero ? units : units + shares * model.price(of: AssetID(place))
        }
    }

    private static func holdings(of restaker: RestakerIndex, _ ledger: Ledger) -> Holdings {
        var holdings = Holdings(idle: Array(repeating: .zero, count: ledger.assetCount))
        for position in ledger.positions(of: restaker) {
            var shares = Exact(position.shares)
            if position.part != position.whole {
                shares = shares * Exact(position.part) / Exact(position.whole)
                holdings.undivided[Model.Spot(asset: position.asset, signer: position.signer!)] = Model.ShareEarnings(
                    lamports: Exact(position.lamportsEach) / lamportGrid, points: Exact(position.pointsEach) / pointGrid
                )
            }
            holdings.lamports += shares * Exact(position.lamportsEach) / lamportGrid
            holdings.points += shares * Exact(position.pointsEach) / pointGrid
            let amount =
                position.poolAssets == position.poolShares
                ? shares : shares * Exact(position.poolAssets) / Exact(position.poolShares)
            let stage: Model.Stake.Stage
            switch position.stage {
            case .idle:
                holdings.idle[position.asset.place] += amount
                continue
            case .joining: stage = .joining
            case .active: stage = .active
            case .leaving(let epoch): stage = .leaving(epoch)
            }
            let signer = position.signer!
            if let place = holdings.stakes.firstIndex(where: {
                $0.asset == position.asset && $0.signer == signer && $0.stage == stage
            }) {
                holdings.stakes[place].amount += amount
            } else {
                holdings.stakes.append(
                    Model.Stake(asset: position.asset, signer: signer, stage: stage, amount: amount))
            }
        }
        return holdings
    }

    private static let lamportGrid = Exact(UInt128(1) << 64)
    private static let pointGrid = Exact(UInt128(1) << 32)

    // MARK: Checks

    func check() {
        if ledger.slot != model.slot || ledger.epoch != model.epoch {
            faults.append("it is slot \(ledger.slot) of epoch \(ledger.epoch), and not \(model.slot) of \(model.epoch)")
        }
        guard ledger.assetCount == model.assets.count else {
            faults.append("there are \(ledger.assetCount) assets, and not \(model.assets.count)")
            return
        }
        let books = ledger.books
        for asset in model.assets.indices.map({ AssetID($0) }) {
            check(asset, books[asset.place])
            for restaker in model.stakes.indices { check(restaker, asset) }
            for signer in model.operators.indices { check(OperatorIndex(UInt32(signer)), asset) }
        }
        for place in model.people.indices { checkEarnings(place) }
        checkBudgets()
        checkSpread()
    }

    private func require(_ condition: Bool, _ text: @autoclosure () -> String) {
        if !condition { faults.append(text()) }
    }

    private func check(_ asset: AssetID, _ books: Books) {
        let held = holdings.reduce(Exact.zero) { $0 + $1.total(asset) }
        require(
            held == Exact(books.shares),
            "asset \(asset): restakers hold \(held) shares of \(books.shares.number)")
        let (present, dust) = (model.assets[asset.place], unitDust[asset.place])
        let flows = present.flows
        // What is in a vault that has hardly a share left may have gone to nobody already.
        let isEmptied = books.shares == .zero || model.shares(of: asset).isZero
        let amounts: [(String, Units, Exact, Exact)] = [
            ("in the vault", books.vault, present.balance, isEmptied ? Exact(UInt64.max) : dust),
            (
                "in the vault or left over", books.vault + books.residue, present.balance + flows.residue, dust
            ),
            ("entered", books.entered, flows.entered, .zero), ("fees", books.fees, flows.fees, .zero),
            ("bonds", books.bonds, flows.bonds, .zero), ("burned", books.burned, flows.burned, dust),
            ("withdrawn", books.withdrawn, flows.withdrawn, dust + (asset == .native ? model.dust.lamports : .zero)),
        ]
        for (name, found, exact, dust) in amounts {
            require(
                (Exact(found) - exact).magnitude <= dust,
                "asset \(asset): \(found.number) \(name), and not \(exact) give or take \(dust)")
        }
        require(
            Exact(books.withdrawn) <= flows.withdrawn,
            "asset \(asset): \(books.withdrawn.number) withdrawn: more than \(flows.withdrawn)")
        let earned = earned.reduce(Exact.zero) { $0 + $1[asset.place] }
        require(earned <= Exact(books.earned), "asset \(asset): \(earned) claimable, \(books.earned.number) there")
    }

    private func check(_ restaker: Int, _ asset: AssetID) {
        let (dust, name) = (model.dust.shares[asset.place], "restaker \(restaker), asset \(asset)")
        let (mine, theirs) = (free(model.idle[restaker], model.stakes[restaker], asset), holdings[restaker])
        let freed = free(theirs.idle, theirs.stakes, asset)
        require(
            (mine - freed).magnitude <= dust, "\(name): \(freed) shares are free, and not \(mine) give or take \(dust)")
        let own = model.stakes[restaker].filter { $0.asset == asset && !model.hasUnbonded($0) }
        let other = theirs.stakes.filter { $0.asset == asset && !model.hasUnbonded($0) }
        for stake in own {
            let found = other.first { $0.signer == stake.signer && $0.stage == stake.stage }?.amount ?? .zero
            require(
                (found - stake.amount).magnitude <= dust,
                "\(name): \(found) \(stake.stage) with operator \(stake.signer), and not \(stake.amount) give or take \(dust)"
            )
        }
        for stake in other where !own.contains(where: { $0.signer == stake.signer && $0.stage == stake.stage }) {
            require(
                stake.amount <= dust, "\(name): \(stake.amount) \(stake.stage) with operator \(stake.signer), not none")
        }
        guard let actor else { return }
        let exact = own.reduce(mine) { $0 + $1.amount }
        let found = other.reduce(freed) { $0 + $1.amount }
        if actor == restaker {
            require(found <= exact, "\(name): rounding has favoured who acts: \(found) instead of \(exact)")
        } else {
            require(exact <= found, "\(name): rounding has taken from who did nothing: \(found) instead of \(exact)")
        }
    }

    private func free(_ idle: [Exact], _ stakes: [Model.Stake], _ asset: AssetID) -> Exact {
        stakes.reduce(idle[asset.place]) {
            $1.asset == asset && model.hasUnbonded($1) ? $0 + $1.amount : $0
        }
    }

    private func check(_ signer: OperatorIndex, _ asset: AssetID) {
        let figures = figures[Int(signer.number)][asset.place]
        let record = model.operators[Int(signer.number)]
        let (dust, name) = (model.dust.shares[asset.place], "operator \(signer), asset \(asset)")
        let active = model.counting(Model.Spot(asset: asset, signer: signer))
        require(
            (Exact(figures.active) - active).magnitude <= dust,
            "\(name): \(figures.active.number) active, and not \(active) give or take \(dust)")
        for epoch in Set(figures.counted.keys).union(record.counted[asset, default: [:]].keys).sorted() {
            let found = figures.counted[epoch].map { Exact($0) } ?? .zero
            let exact = record.counted[asset]?[epoch] ?? .zero
            require((found - exact).magnitude <= dust, "\(name): \(found) counted in epoch \(epoch), and not \(exact)")
        }
        for (charge, amount) in record.charged where charge.asset == asset {
            let found = figures.charged[StakeFigures.Charge(epoch: charge.epoch, service: charge.service)]
            require(
                (found.map { Exact($0) } ?? .zero) == amount,
                "\(name): \(found?.number ?? 0) is taken for epoch \(charge.epoch), and not \(amount)")
        }
        guard model.parameters.allocation != .shared else { return }
        for (part, _) in record.allocations where part.asset == asset {
            for epoch in [model.epoch, model.epoch.next] {
                let found = Exact(ledger.magnitude(of: signer, for: part.service, asset, in: epoch))
                let exact = record.magnitude(part, in: epoch)
                // Parts in 1e18, and what rounding has made of the stake that they are parts of.
                require(
                    (found - exact).magnitude * active <= dust + 1 + active / Self.wholeMagnitude,
                    "\(name): \(found) of it is AVS \(part.service)'s in epoch \(epoch), and not \(exact)")
            }
        }
    }

    private static let wholeMagnitude = Exact(Magnitude.whole.number)

    func pointsInLedger(_ place: Int) -> Exact {
        let person = model.people[place]
        let named = Exact(ledger.points(of: person.key) ?? 0)
        return person.restaker.map { named + holdings[Int($0.number)].points } ?? named
    }

    private func checkEarnings(_ place: Int) {
        let name = "person \(place)"
        for asset in model.assets.indices.map({ AssetID($0) }) {
            let (found, exact) = (earned[place][asset.place], model.earned(asset, by: place))
            let (lamports, skew) = asset == .native ? (model.dust.lamports, model.dust.skew) : (.zero, .zero)
            require(
                (found - exact).magnitude <= unitDust[asset.place] + lamports,
                "\(name) has earned \(found) of asset \(asset), and not \(exact)")
            require(
                found <= exact + skew + unitDust[asset.place],
                "\(name) has earned more than \(exact) of asset \(asset): \(found)")
        }
        let (found, exact) = (pointsInLedger(place), model.people[place].points)
        require(
            (found - exact).magnitude <= model.dust.points,
            "\(name) has \(found) points, and not \(exact) give or take \(model.dust.points)")
        require(
            ledger.nextNonce(of: model.people[place].key) == model.people[place].nonce, "\(name) is at another nonce")
    }

    private func checkBudgets() {
        for place in model.services.indices {
            let (found, exact) = (Exact(ledger.budget(of: ServiceID(UInt32(place)))), model.services[place].budget)
            require(
                exact <= found + model.dust.skew && found <= exact + model.dust.lamports,
                "AVS \(place) has a budget of \(found), and not \(exact)")
        }
    }

    private func checkSpread() {
        let dust = unitDust[0] + Exact(UInt64(2 * model.validators.count))
        for (place, stake) in ledger.spread.enumerated() {
            require(
                (Exact(stake) - model.validators[place].stake).magnitude <= dust,
                "validator \(place) has \(stake.number), and not \(model.validators[place].stake)")
        }
    }
}
