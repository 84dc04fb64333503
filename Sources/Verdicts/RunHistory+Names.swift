import Messages
import Primitives
import Records

/// Names for people.
extension RunHistory {
    package func name(of party: Party) -> String { genesis.name(of: party) ?? "unknown party" }
    package func name(of signer: OperatorIndex) -> String { genesis.name(of: .signer(signer)) ?? "operator \(signer)" }

    package func name(of service: ServiceID) -> String {
        service.number < genesis.services.count ? genesis.services[Int(service.number)].name : "service \(service)"
    }

    package func name(of asset: AssetID) -> String {
        if asset.place < genesis.assets.count { return genesis.assets[asset.place].name }
        for note in restaking {
            if case .listed(asset, let terms, _) = note.event { return terms.name }
        }
        return "asset \(asset)"
    }

    /// `task 500 of squares`
    package func describe(_ key: VoteKey) -> String { "task \(key.subject) of \(name(of: key.service))" }

    /// `1 task`, `2 tasks`, `2 slashes`, `2 processes`
    package static func count(_ number: Int, _ noun: String) -> String {
        let plural = noun.hasSuffix("sh") || noun.hasSuffix("s") ? "es" : "s"
        return "\(number) \(noun)\(number == 1 ? "" : plural)"
    }
}
