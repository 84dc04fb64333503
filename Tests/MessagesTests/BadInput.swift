import Cryptography
import Messages
import Primitives
import Testing

/// Bytes with a name, and the one error that they must give.
struct BadInput: Sendable, CustomTestStringConvertible {
    let name: String
    let error: BorshError
    let decode: @Sendable () throws(BorshError) -> Void

    var testDescription: String { name }

    private init<V: BorshCodable>(
        _ name: String, _ type: V.Type, _ error: BorshError, _ build: @Sendable (inout BorshEncoder) -> Void
    ) {
        var encoder = BorshEncoder()
        build(&encoder)
        let bytes = encoder.bytes
        self.name = name
        self.error = error
        decode = { () throws(BorshError) in _ = try V(borsh: bytes) }
    }

    static let all = lengths + members + pairs + files + numbers

    private static let lengths = [
        BadInput("a byte after the value", Statement.self, .trailingBytes(count: 1)) {
            $0.encode(Fixed.statement())
            $0.encode(UInt8(0))
        },
        BadInput("nothing", ServiceTask.self, .truncated(position: 0, needed: 32)) { _ in },
        BadInput(
            "a list longer than allowed", LedgerNotice.self, .tooLong(type: "list", count: 10_001, limit: 10_000)
        ) {
            $0.encode(UInt8(3))
            $0.encode(UInt32(10_001))
        },
        BadInput("a list longer than its bytes", LedgerNotice.self, .truncated(position: 5, needed: 10_000)) {
            $0.encode(UInt8(3))
            $0.encode(UInt32(10_000))
        },
        BadInput(
            "the longest length there is", LedgerNotice.self,
            .tooLong(type: "list", count: 4_294_967_295, limit: 10_000)
        ) {
            $0.encode(UInt8(3))
            $0.encode(UInt32.max)
        },
        BadInput("a name too long", Genesis.Signer.self, .tooLong(type: "bytes", count: 65, limit: 64)) {
            $0.encode(String(repeating: "x", count: 65))
            $0.encode(Fixed.accused.publicKey)
        },
        BadInput("a name that is not UTF-8", Genesis.Signer.self, .invalid(type: "text", reason: "not UTF-8")) {
            $0.encode([0xc3, 0x28] as [UInt8])
            $0.encode(Fixed.accused.publicKey)
        },
        BadInput("an overlong form in UTF-8", Genesis.Signer.self, .invalid(type: "text", reason: "not UTF-8")) {
            $0.encode([0xc0, 0xaf] as [UInt8])
            $0.encode(Fixed.accused.publicKey)
        },
    ]

    private static let members = [
        BadInput(
            "a signer past the last member", SignerSet.self,
            .invalid(type: "SignerSet", reason: "bits do not fit 3 members")
        ) {
            $0.encode(UInt32(3))
            $0.encode([0b1000] as [UInt8])
        },
        BadInput(
            "a byte of signers missing", SignerSet.self,
            .invalid(type: "SignerSet", reason: "bits do not fit 9 members")
        ) {
            $0.encode(UInt32(9))
            $0.encode([1] as [UInt8])
        },
        BadInput("a byte of signers too many", SignerSet.self, .tooLong(type: "bytes", count: 2, limit: 1)) {
            $0.encode(UInt32(8))
            $0.encode([1, 0] as [UInt8])
        },
        BadInput(
            "more signers than members can be", SignerSet.self,
            .tooLong(type: "SignerSet", count: 10_001, limit: 10_000)
        ) {
            $0.encode(UInt32(10_001))
            $0.encode([UInt8](repeating: 0, count: 1_251))
        },
        BadInput(
            "fewer signatures than signers", Certificate.self,
            .invalid(type: "Certificate", reason: "2 signers, 1 signatures")
        ) {
            $0.encode(Fixed.statement())
            $0.encode(Fixed.quorum)
            $0.encode([Fixed.certificate.signatures[0]])
        },
        BadInput(
            "members out of order", OperatorSet.self, .invalid(type: "OperatorSet", reason: "members out of order")
        ) {
            encode([Fixed.operatorSet.members[1], Fixed.operatorSet.members[0]], to: &$0)
        },
        BadInput("one member twice", OperatorSet.self, .invalid(type: "OperatorSet", reason: "members out of order")) {
            encode([Fixed.operatorSet.members[0], Fixed.operatorSet.members[0]], to: &$0)
        },
        BadInput(
            "two members with one key", OperatorSet.self,
            .invalid(type: "OperatorSet", reason: "two members with one key")
        ) {
            var twin = Fixed.operatorSet.members[1]
            twin.key = Fixed.operatorSet.members[0].key
            encode([Fixed.operatorSet.members[0], twin], to: &$0)
        },
        BadInput(
            "weights beyond 64 bits", OperatorSet.self, .invalid(type: "OperatorSet", reason: "weights exceed 64 bits")
        ) {
            var giant = Fixed.operatorSet.members[1]
            giant.weight = Lamports(.max)
            encode([Fixed.operatorSet.members[0], giant], to: &$0)
        },
    ]

    private static let pairs = [
        BadInput(
            "the same vote twice", Equivocation.self,
            .invalid(type: "Equivocation", reason: "the two statements do not conflict")
        ) {
            encode(Fixed.vote(Fixed.accused), Fixed.vote(Fixed.accused), to: &$0)
        },
        BadInput(
            "votes for two subjects", Equivocation.self,
            .invalid(type: "Equivocation", reason: "the two statements do not conflict")
        ) {
            var elsewhere = Fixed.statement()
            elsewhere.voteKey.subject.number += 1
            encode(Fixed.vote(Fixed.accused), Fixed.vote(Fixed.accused, elsewhere), to: &$0)
        },
        BadInput(
            "a pair in the other order", Equivocation.self,
            .invalid(type: "Equivocation", reason: "the statement with the lower digest must come first")
        ) {
            let votes = Fixed.equivocation.attestations
            encode(votes[1], votes[0], to: &$0)
        },
    ]

    private static let files = [
        BadInput(
            "evidence without a file around it", ProofFile.self,
            .invalid(type: "ProofFile", reason: "does not begin with \"quoproof\"")
        ) {
            $0.encode(Evidence.equivocation(Fixed.equivocation))
        },
        BadInput(
            "a file of another version", ProofFile.self,
            .invalid(type: "ProofFile", reason: "written in version 2; this program reads 1")
        ) {
            for byte in ProofFile.magic { $0.encode(byte) }
            $0.encode(UInt16(2))
        },
        BadInput("a file that ends in its name", ProofFile.self, .truncated(position: 3, needed: 1)) {
            for byte in ProofFile.magic.prefix(3) { $0.encode(byte) }
        },
    ]

    private static let numbers = [
        BadInput("a truth value of 2", Injection.self, .unknownCase(type: "bool", value: 2)) {
            $0.encode("silent")
            $0.encode(UInt8(2))
        },
        BadInput("a share of nothing", Fraction.self, .invalid(type: "Fraction", reason: "denominator 0")) {
            $0.encode(UInt64(1))
            $0.encode(UInt64(0))
        },
        BadInput("an instant beyond the clock", Instant.self, .invalid(type: "Instant", reason: "beyond 292 years")) {
            $0.encode(UInt64(1) << 63)
        },
        BadInput("a negative duration", Duration.self, .invalid(type: "Duration", reason: "beyond 292 years")) {
            $0.encode(Int64(-1))
        },
        BadInput(
            "more than the whole in basis points", BasisPoints.self,
            .invalid(type: "BasisPoints", reason: "more than 10,000")
        ) { $0.encode(UInt16(10_001)) },
        BadInput(
            "more than the whole as a magnitude", Magnitude.self,
            .invalid(type: "Magnitude", reason: "more than 1e18")
        ) { $0.encode(Magnitude.whole.number + 1) },
        BadInput(
            "a token that is worth nothing", ExchangeRate.self,
            .invalid(type: "ExchangeRate", reason: "a token is worth between a lamport and a million SOL")
        ) { $0.encode(UInt64(0)) },
        BadInput(
            "a yield beyond the stake", BaseYield.self,
            .invalid(type: "BaseYield", reason: "more than the stake itself in an epoch")
        ) {
            $0.encode(BaseYield.whole + 1)
            $0.encode(UInt64(0))
        },
        BadInput("a policy that is none", AllocationPolicy.self, .unknownCase(type: "AllocationPolicy", value: 3)) {
            $0.encode(UInt8(3))
        },
        BadInput("a slot of no length", LedgerParameters.self, badParameters) {
            $0.encode(LedgerParameters(slotDuration: .zero, slotsPerEpoch: 50, unbondingEpochs: 2))
        },
        BadInput("an epoch without slots", LedgerParameters.self, badParameters) {
            $0.encode(LedgerParameters(slotDuration: .seconds(1), slotsPerEpoch: 0, unbondingEpochs: 2))
        },
        BadInput("stake that leaves at once", LedgerParameters.self, badParameters) {
            $0.encode(LedgerParameters(slotDuration: .seconds(1), slotsPerEpoch: 50, unbondingEpochs: 0))
        },
    ]

    private static let badParameters = BorshError.invalid(
        type: "LedgerParameters", reason: "slots, epochs and unbonding must be longer than 0")

    private static func encode(_ members: [OperatorSet.Member], to encoder: inout BorshEncoder) {
        let set = Fixed.operatorSet
        encoder.encode(set.network)
        encoder.encode(set.service)
        encoder.encode(set.epoch)
        encoder.encode(set.revision)
        encoder.encode(set.threshold)
        encoder.encode(members)
    }

    private static func encode(_ one: Attestation, _ other: Attestation, to encoder: inout BorshEncoder) {
        encoder.encode(one.signer)
        encoder.encode(one.statement)
        encoder.encode(one.signature)
        encoder.encode(other.statement)
        encoder.encode(other.signature)
    }
}
