import Cryptography
import Primitives

extension Genesis {
    /// Everyone who runs a node.
    package var parties: [Party] {
        [.ledger] + services.indices.map { .coordinator(ServiceID(UInt32($0))) }
            + signers.indices.map { .signer(OperatorIndex(UInt32($0))) }
    }

    /// What a party's node is called: `ledger`, `coordinator-squares`, `op-3`.
    ///
    /// - Returns: nil when this genesis does not name it.
    package func name(of party: Party) -> String? {
        switch party {
        case .ledger: "ledger"
        case .coordinator(let service):
            service.number < services.count ? "coordinator-\(services[Int(service.number)].name)" : nil
        case .signer(let signer): signer.number < signers.count ? signers[Int(signer.number)].name : nil
        }
    }

    /// The key that a party's hello must carry; nil when this genesis does not name the party.
    package func key(of party: Party) -> PublicKey? {
        switch party {
        case .ledger: clock
        case .coordinator(let service):
            service.number < services.count ? services[Int(service.number)].coordinator : nil
        case .signer(let signer): signer.number < signers.count ? signers[Int(signer.number)].key : nil
        }
    }
}
