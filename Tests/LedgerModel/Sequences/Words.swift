import Cryptography
import Messages
import Primitives

/// An instruction as somebody would say it, without the digests and signatures that it carries.
enum Words {
    static func say(_ instruction: Instruction, by who: Cast, in slot: Slot, _ epoch: Epoch) -> String {
        "in slot \(slot) of epoch \(epoch), \(who): \(say(instruction))"
    }

    private static func say(_ instruction: Instruction) -> String {
        switch instruction {
        case .submitEvidence(.equivocation(let pair)):
            "submits evidence against \(name(pair.accused)) for \(pair.first.voteKey) of epochs \(pair.first.epoch) "
                + "and \(pair.second.epoch)\(validity(.equivocation(pair)))"
        case .submitEvidence(.taskEquivocation(let pair)):
            "submits evidence against \(name(pair.accused)) for two tasks"
                + validity(.taskEquivocation(pair))
        case .submitCertificate(let certificate, let participation):
            "settles \(certificate.statement.voteKey) of epoch \(certificate.statement.epoch), signed by "
                + "\(certificate.signers.members), with \(participation.members) taking part"
        case .claimParticipation(let vote): "claims its part in \(vote.statement.voteKey)"
        case .dispute(_, let statement): "disputes \(statement.voteKey)"
        case .cancelSlash: "cancels the first pending slash"
        case .post(let letter): "posts \(letter.certificate.statement.voteKey) to AVS \(letter.recipient)"
        case .propose(let terms): "proposes \(terms.name) at \(terms.rate)"
        default: "\(instruction)"
        }
    }

    /// The name of its case.
    static func kind(of instruction: Instruction) -> String {
        Mirror(reflecting: instruction).children.first?.label ?? "\(instruction)"
    }

    private static func validity(_ evidence: Evidence) -> String { evidence.isValid ? "" : ", with a false signature" }

    private static func name(_ key: PublicKey) -> String {
        let cast = (0..<Cast.signers).map(Cast.signer) + (0..<Cast.services).map(Cast.coordinator)
        return cast.first { $0.key.publicKey == key }.map { "\($0)" } ?? "somebody else"
    }
}
