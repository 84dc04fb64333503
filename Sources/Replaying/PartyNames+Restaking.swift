import Messages
import Primitives

/// What the restaking state speaks of.
extension PartyNames {
    /// `12.5 SOL`
    package func text(of amount: Units, _ asset: AssetID) -> String {
        var text = Lamports(amount.number).inSOL
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return "\(text) \(name(of: asset))"
    }

    package func name(of asset: AssetID) -> String {
        asset.place < genesis.assets.count ? genesis.assets[asset.place].name : "asset \(asset)"
    }

    package func text(of record: SlashRecord) -> String {
        let name = name(of: record.accused)
        return switch record.stage {
        case .executed: "slashed \(name) by \(record.slashed)"
        case .pending: "slash of \(name) pending"
        case .vetoed: "slash of \(name) vetoed"
        }
    }

    package func text(of motion: Motion) -> String {
        switch motion {
        case .list(let proposal): "proposal \(proposal) be listed"
        case .setStatus(let asset, let status): "\(name(of: asset)) be \(status)"
        case .setRate(let asset, let rate): "the rate of \(name(of: asset)) be \(rate)"
        case .markDefunct(let service): "\(name(of: service)) be marked defunct"
        }
    }

    package func text(of event: RestakingEvent) -> String {
        switch event {
        case .yieldBooked(let epoch, let gross, let fee, let commissions):
            "epoch \(epoch) yielded \(text(of: gross, .native)), \(text(of: fee, .native)) to the protocol, "
                + "\(text(of: commissions, .native)) to operators"
        case .poolMoved(let epoch, let move):
            "epoch \(epoch): \(text(of: move.amount, .native)) "
                + (move.from.map { "from base validator \($0)" } ?? "staked") + " to base validator \(move.to)"
        case .rewardsPaid(let epoch, let service, let amount):
            "\(name(of: service)) paid \(amount) for epoch \(epoch)"
        case .jailed(let signer, let service, let epoch):
            "jailed \(name(of: .signer(signer))) in \(name(of: service)) from epoch \(epoch)"
        case .listed(let asset, let terms, let epoch): "listed \(terms.name) as asset \(asset) from epoch \(epoch)"
        case .statusChanged(let asset, let status): "\(name(of: asset)) is \(status)"
        case .rateChanged(let asset, let old, let new): "the rate of \(name(of: asset)) goes from \(old) to \(new)"
        case .disputeOpened(let dispute, let voteKey): "dispute \(dispute) about \(text(of: voteKey))"
        case .resultVoided(let voteKey): "the result of \(text(of: voteKey)) is void"
        case .disputeLost(let dispute): "dispute \(dispute) is lost"
        case .defunct(let service): "\(name(of: service)) is defunct"
        }
    }
}
