import Primitives

/// What bytes are for. Everything signed or hashed begins with its domain's tag, so that nothing made for one
/// place means anything in another. No tag is the beginning of another.
package enum Domain: String, CaseIterable, Sendable {
    case vote = "quorate/vote/1"
    case task = "quorate/task/1"
    case instruction = "quorate/instruction/1"
    case statementDigest = "quorate/digest/statement/1"
    case taskDigest = "quorate/digest/task/1"
    case payloadDigest = "quorate/digest/payload/1"
    case resultDigest = "quorate/digest/result/1"
    case operatorSetDigest = "quorate/digest/operator-set/1"
    case certificateDigest = "quorate/digest/certificate/1"
    case offenceDigest = "quorate/digest/offence/1"
    case wrongResultDigest = "quorate/digest/wrong-result/1"
    case instructionDigest = "quorate/digest/instruction/1"
    case genesisDigest = "quorate/digest/genesis/1"
    case stateLeaf = "quorate/digest/state-leaf/1"
    case stateNode = "quorate/digest/state-node/1"
    case stateRoot = "quorate/digest/state/1"
    case logChain = "quorate/digest/log/1"
    case logHead = "quorate/digest/log-head/1"
    case snapshot = "quorate/digest/snapshot/1"
    case ledgerArchive = "quorate/digest/ledger-archive/1"
    case effects = "quorate/digest/effects/1"
    case record = "quorate/digest/record/1"
    case guardFile = "quorate/digest/guard/1"
    case simulatedKey = "quorate/simulation/key/1"
    case simulatedRun = "quorate/simulation/run/1"
    case simulatedSecret = "quorate/simulation/secret/1"
    case modelledKey = "quorate/simulation/modelled-key/1"
    case verification = "quorate/simulation/verification/1"
    case audit = "quorate/simulation/audit/1"
    case strangersKey = "quorate/adversary/key/1"

    package var tag: [UInt8] { Array(rawValue.utf8) }

    /// The bytes that are signed: the tag, then the content.
    package func signedBytes(_ content: [UInt8]) -> [UInt8] { tag + content }

    /// BLAKE2b-256 of the tag, then the content.
    package func digest(_ content: [UInt8]) -> Digest { content.withUnsafeBytes { digest($0) } }

    package func digest(_ content: UnsafeRawBufferPointer) -> Digest {
        DomainHash.digest(self) { hash in hash.update(content) }
    }
}
