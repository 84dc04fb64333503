import Cryptography
import Primitives

/// What the ledger can be asked to do. Each is signed by its authority and carries that authority's nonce.
package enum Instruction: Hashable, Sendable {
    /// By the clock: moves time forward, across any number of slots at once.
    case advance(to: Slot)
    /// By an operator: where its peers reach it.
    case registerEndpoint(Endpoint)
    /// By a restaker: SOL enters the native vault; it is not delegated yet.
    case deposit(Lamports)
    /// By a restaker: deposited stake counts for this operator from the next epoch.
    case delegate(to: OperatorIndex, Lamports)
    /// By a restaker: out of the operator's weight from the next epoch, slashable until it has unbonded.
    case undelegate(from: OperatorIndex, Lamports)
    /// By a restaker: everything that has unbonded and every undelegated deposit leaves, up to this amount.
    case withdraw(Lamports)
    /// By an operator: counts from the next epoch.
    case optIn(ServiceID)
    /// By an operator: no longer a member from the next epoch.
    case optOut(ServiceID)
    /// By anyone: slashes the operator accused, or revokes the coordinator's key, if the evidence holds.
    case submitEvidence(Evidence)
    /// By the AVS's coordinator at the close of a task's window: the certificate and all who attested in time. By an
    /// operator of the AVS, where its coordinator has not: the certificate and its signers.
    case submitCertificate(Certificate, participation: SignerSet)
    /// By an operator that the coordinator left out of a participation.
    case claimParticipation(Attestation)
}

extension Instruction: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .advance(let slot):
            encoder.encode(UInt8(0))
            encoder.encode(slot)
        case .registerEndpoint(let endpoint):
            encoder.encode(UInt8(1))
            encoder.encode(endpoint)
        case .deposit(let amount):
            encoder.encode(UInt8(2))
            encoder.encode(amount)
        case .delegate(let signer, let amount):
            encoder.encode(UInt8(3))
            encoder.encode(signer)
            encoder.encode(amount)
        case .undelegate(let signer, let amount):
            encoder.encode(UInt8(4))
            encoder.encode(signer)
            encoder.encode(amount)
        case .withdraw(let amount):
            encoder.encode(UInt8(5))
            encoder.encode(amount)
        case .optIn(let service):
            encoder.encode(UInt8(6))
            encoder.encode(service)
        case .optOut(let service):
            encoder.encode(UInt8(7))
            encoder.encode(service)
        case .submitEvidence(let evidence):
            encoder.encode(UInt8(8))
            encoder.encode(evidence)
        case .submitCertificate(let certificate, let participation):
            encoder.encode(UInt8(9))
            encoder.encode(certificate)
            encoder.encode(participation)
        case .claimParticipation(let attestation):
            encoder.encode(UInt8(10))
            encoder.encode(attestation)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .advance(to: try decoder.decode())
        case 1: self = .registerEndpoint(try decoder.decode())
        case 2: self = .deposit(try decoder.decode())
        case 3: self = .delegate(to: try decoder.decode(), try decoder.decode())
        case 4: self = .undelegate(from: try decoder.decode(), try decoder.decode())
        case 5: self = .withdraw(try decoder.decode())
        case 6: self = .optIn(try decoder.decode())
        case 7: self = .optOut(try decoder.decode())
        case 8: self = .submitEvidence(try decoder.decode())
        case 9: self = .submitCertificate(try decoder.decode(), participation: try decoder.decode())
        case 10: self = .claimParticipation(try decoder.decode())
        default: throw .unknownCase(type: "Instruction", value: value)
        }
    }
}
