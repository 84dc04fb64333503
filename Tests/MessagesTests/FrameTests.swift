import Cryptography
import Messages
import Primitives
import Testing

@Suite struct FrameTests {
    @Test func headerIsLengthThenKind() {
        #expect(Frame.ownVotesRequest.wireBytes == [1, 0, 0, 0, 9])
        for (name, frame) in Fixed.frames {
            let bytes = frame.wireBytes
            let length = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            #expect(length == bytes.count - 4, "\(name)")
            #expect(bytes[4] == frame.kind.rawValue, "\(name)")
            #expect(frame.borsh == Array(bytes.dropFirst(4)), "in a log a frame is kind and payload: \(name)")
        }
    }

    @Test func everyKindIsAmongTheSpecimens() {
        #expect(Set(Fixed.frames.map(\.1.kind)) == Set(Frame.Kind.allCases))
        #expect(
            Fixed.frames.map(\.1).allSatisfy { frame in
                (try? Frame(kind: frame.kind, payload: Array(frame.wireBytes.dropFirst(Frame.headerSize)))) == frame
            })
    }

    @Test(arguments: Frame.Kind.allCases)
    func payloadsAreLimited(kind: Frame.Kind) {
        let limit = kind.payloadLimit
        #expect(throws: BorshError.tooLong(type: "\(kind) frame", count: limit + 1, limit: limit)) {
            try Frame(kind: kind, payload: [UInt8](repeating: 0, count: limit + 1))
        }
    }

    @Test(arguments: Frame.Kind.allCases)
    func trailingBytesAreRefused(kind: Frame.Kind) throws {
        let frame = try #require(Fixed.frames.first { $0.1.kind == kind }).1
        let payload = Array(frame.wireBytes.dropFirst(Frame.headerSize)) + [0]
        #expect(throws: BorshError.self) { try Frame(kind: kind, payload: payload) }
    }

    /// What honest parties may have to send fits what is allowed.
    @Test func largestHonestFramesFit() throws {
        let everyone = (0..<UInt32(OperatorSet.memberLimit)).map { index in
            OperatorSet.Member(
                signer: OperatorIndex(index),
                key: PublicKey(Domain.taskDigest.digest(OperatorIndex(index).borsh).storage), weight: Lamports(1))
        }
        let set = try OperatorSet(
            network: Fixed.network, service: ServiceID(0), epoch: Epoch(0), revision: Revision(0),
            threshold: .twoThirds, members: everyone)
        let all = SignerSet(
            size: everyone.count, bits: [UInt8](repeating: 0xff, count: SignerSet.byteCount(size: everyone.count)))!
        let signature = Fixed.certificate.signatures[0]
        let certificate = Certificate(
            statement: Fixed.statement(), signers: all,
            signatures: [Signature](repeating: signature, count: everyone.count))!
        var task = Fixed.task
        task.payload = [UInt8](repeating: 1, count: ServiceTask.payloadLimit)
        let entry = VoteSummary.Entry(
            voteKey: Fixed.voteKey, statement: Fixed.network, operatorSet: Fixed.network,
            signers: SignerSet(size: 1_000))
        let largest: [Frame] = [
            .task(SignedTask(task: task, signature: signature)),
            .certificate(certificate),
            .summary(VoteSummary(entries: Array(repeating: entry, count: VoteSummary.entryLimit))),
            .ownVotes(Array(repeating: Fixed.vote(Fixed.accused), count: Frame.ownVotesLimit)),
            .submit(Fixed.signed(.submitCertificate(certificate, participation: all))),
            .notice(.operatorSet(set)),
            .notice(.directory(everyone.map { Endpoint(signer: $0.signer, address: Endpoint.loopback, port: 1) })),
        ]
        for frame in largest {
            let payload = Array(frame.wireBytes.dropFirst(Frame.headerSize))
            #expect(try Frame(kind: frame.kind, payload: payload) == frame, "\(frame.kind)")
        }
    }

    @Test func protocolVersionIsPartOfTheHello() throws {
        let hello = Hello(version: 7, network: Fixed.network, party: .ledger, key: Fixed.accused.publicKey)
        #expect(try Hello(borsh: hello.borsh).version == 7)
        #expect(hello.borsh.prefix(2) == [7, 0])
    }
}
