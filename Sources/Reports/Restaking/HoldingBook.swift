import Cryptography
import Messages
import Primitives
import Restaking
import Verdicts

/// Makes `HoldingAccount`s of all restakers as the ledger's log goes by. Each instruction costs what it touches: its own
/// author, and where it slashes whoever has stake with the culprit. All are looked at in the beginning and in the end alone.
struct HoldingBook {
    private typealias Figures = HoldingAccount.Figures

    private let genesis: Genesis
    /// By restaker, then by asset.
    private let began: [[Units]]
    private var figures: [[Figures]]
    private var losses: LossAccount
    /// By instruction: whose stake it takes.
    private let culprits: [UInt64: [OperatorIndex]]
    /// Who has challenged a result.
    private var challengers: [VoteKey: RestakerIndex] = [:]
    /// The author of the instruction that is being applied, before it is, where what it takes out, or pays, is not what it asks for.
    private var author: RestakerView?

    /// Where people restake besides operators, or somebody has challenged a result.
    static func isWanted(for history: RunHistory) -> Bool {
        let signers = Set(history.genesis.signers.map(\.key))
        return history.genesis.restakers.contains { !signers.contains($0.key) }
            || history.applied.contains { applied in
                if case .dispute = applied.signed.instruction { applied.outcome.costsBond } else { false }
            }
    }

    init(_ history: RunHistory, _ ledger: Ledger) {
        genesis = history.genesis
        let restakers = genesis.restakers.indices.map { RestakerIndex(UInt32($0)) }
        began = restakers.map { restaker in
            let view = ledger.view(ofRestaker: restaker)
            return ledger.assetViews.map { view.total(of: $0.asset) }
        }
        figures = restakers.map { _ in [] }
        losses = LossAccount(genesis)
        culprits = history.culprits
    }

    // MARK: As the log goes by

    mutating func willApply(_ applied: RunHistory.AppliedInstruction, to ledger: Ledger) {
        losses.willApply(slashing: culprits[applied.sequence] ?? [], ledger)
        author = nil
        switch applied.signed.instruction {
        case .claimRewards where applied.outcome == .applied, .withdraw where applied.outcome == .applied,
            .submitEvidence where applied.outcome == .badEvidence:
            author = ledger.restaker(of: applied.signed.authority).map { ledger.view(ofRestaker: $0) }
        default: break
        }
    }

    /// In the course of an instruction: what passes with time.
    mutating func took(_ step: LedgerStep, _ ledger: Ledger) { losses.took(step, ledger) }

    mutating func applied(
        _ applied: RunHistory.AppliedInstruction, _ changes: [Ledger.Change], _ ledger: Ledger
    ) {
        losses.applied(applied.signed, applied.outcome, changes[...], ledger)
        for change in changes {
            switch change {
            case .slashed(let record) where record.stage == .executed: award(record, ledger)
            case .event(.resultVoided(let voteKey)): returnBond(of: voteKey, applied, ledger)
            default: break
            }
        }
        guard let restaker = ledger.restaker(of: applied.signed.authority) else { return }
        switch applied.signed.instruction {
        case .deposit(let asset, let amount) where applied.outcome == .applied:
            change(restaker, asset) { $0.deposited += amount }
        case .withdraw(let asset, _):
            let taken = taken(of: asset, from: restaker, ledger)
            change(restaker, asset) { $0.withdrawn += taken }
        case .claimRewards:
            for earned in author?.earned ?? [] { change(restaker, earned.asset) { $0.claimed += earned.amount } }
        case .submitEvidence:
            let fee = taken(of: .native, from: restaker, ledger)
            change(restaker, .native) { $0.forfeited += fee }
        case .dispute(_, let statement) where applied.outcome.costsBond:
            challengers[statement.voteKey] = restaker
            guard !changes.contains(.event(.resultVoided(statement.voteKey))) else { return }
            let bond = bond
            change(restaker, .native) { $0.forfeited += bond }
        default: break
        }
    }

    private func taken(of asset: AssetID, from restaker: RestakerIndex, _ ledger: Ledger) -> Units {
        author?.total(of: asset).subtracting(ledger.view(ofRestaker: restaker).total(of: asset)) ?? .zero
    }

    private var bond: Units { Units(genesis.parameters.disputes.bond.number) }

    /// What was posted is earned again: by the instruction that posted it, or by a later one.
    private mutating func returnBond(
        of voteKey: VoteKey, _ applied: RunHistory.AppliedInstruction, _ ledger: Ledger
    ) {
        let bond = bond
        if let challenger = challengers[voteKey] {
            change(challenger, .native) {
                $0.forfeited -= bond
                $0.returned += bond
            }
        } else if let challenger = ledger.restaker(of: applied.signed.authority) {
            change(challenger, .native) { $0.returned += bond }
        }
    }

    private mutating func award(_ record: SlashRecord, _ ledger: Ledger) {
        let reporter = ledger.restaker(of: record.reporter)
        var heir: RestakerIndex?
        if case .address(let key) = genesis.services[Int(record.voteKey.service.number)].slash.destination {
            heir = ledger.restaker(of: key)
        }
        for loss in record.losses {
            if let reporter { change(reporter, loss.asset) { $0.awarded += loss.rewarded } }
            if let heir { change(heir, loss.asset) { $0.awarded += loss.units - loss.rewarded } }
        }
    }

    private mutating func change(_ restaker: RestakerIndex, _ asset: AssetID, _ body: (inout Figures) -> Void) {
        let place = Int(restaker.number)
        while figures[place].count <= asset.place { figures[place].append(Figures()) }
        body(&figures[place][asset.place])
    }

    // MARK: In the end

    /// Of everybody who is no operator, and of operators' own stake that lost something; in the order of genesis.
    func accounts(_ ledger: Ledger) -> [HoldingAccount] {
        let signers = Set(genesis.signers.map(\.key))
        let assets = ledger.assetViews
        return genesis.restakers.enumerated().flatMap { place, terms -> [HoldingAccount] in
            let restaker = RestakerIndex(UInt32(place))
            let figures = figures(of: restaker, of: assets.count)
            guard !signers.contains(terms.key) || figures.contains(where: \.isLoss) else { return [] }
            let view = ledger.view(ofRestaker: restaker)
            let began = began[place]
            return assets.enumerated().map { place, asset in
                HoldingAccount(
                    restaker, terms.name, asset, began: place < began.count ? began[place] : .zero, figures[place], view
                )
            }.filter(\.isAnything)
        }
    }

    /// By asset, up to a number of assets.
    private func figures(of restaker: RestakerIndex, of count: Int) -> [Figures] {
        var figures = figures[Int(restaker.number)]
        figures += Array(repeating: Figures(), count: count - figures.count)
        for (asset, amount) in losses.slashed[restaker] ?? [:] { figures[asset.place].slashed = amount }
        return figures
    }
}

extension Outcome {
    /// Of a challenge.
    fileprivate var costsBond: Bool { self == .applied || self == .challengeFailed }
}
