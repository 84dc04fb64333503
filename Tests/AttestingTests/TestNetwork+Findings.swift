import Attesting
import Cryptography
import Messages
import Primitives

/// What there is to see after a run.
extension TestNetwork {
    func certificates(by party: Party) -> [Certificate] {
        notes.compactMap {
            if case .certified(let certificate) = $0.observation, $0.by == party { certificate } else { nil }
        }
    }

    func evidence(by party: Party) -> [Evidence] {
        notes.compactMap {
            if case .evidenceFound(let evidence) = $0.observation, $0.by == party { evidence } else { nil }
        }
    }

    func rejections(by party: Party) -> [Party] {
        notes.compactMap { if case .rejected(let from, _) = $0.observation, $0.by == party { from } else { nil } }
    }

    func refusals(by party: Party) -> Int {
        notes.count { if case .refusedToSign = $0.observation { $0.by == party } else { false } }
    }

    var expired: [TaskSequence] {
        notes.compactMap { if case .taskExpired(_, let sequence) = $0.observation { sequence } else { nil } }
    }

    func votes(by party: Party) -> [Attestation] {
        notes.compactMap { if case .attested(let vote) = $0.observation, $0.by == party { vote } else { nil } }
    }

    var issued: [ServiceTask] {
        notes.compactMap { if case .taskIssued(let task) = $0.observation { task } else { nil } }
    }

    var injections: [Injection] {
        notes.compactMap { if case .injected(let injection) = $0.observation { injection } else { nil } }
    }

    var slashedSigners: [Party] { ledger.slashes.map { .signer($0.signer) } }

    func settlement(of sequence: UInt64) -> Settlement? {
        ledger.settlements[VoteKey(network: genesis.network, service: ServiceID(0), subject: Subject(number: sequence))]
    }

    func framesSent(_ kind: Frame.Kind, from: Party, to: Party) -> Int {
        sent.count { $0.frame.kind == kind && $0.from == from && $0.to == to }
    }
}
