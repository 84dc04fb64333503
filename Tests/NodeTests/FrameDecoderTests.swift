import Messages
import NIOCore
import NIOEmbedded
import Primitives
import Testing

@testable import Node

@Suite struct FrameDecoderTests {
    static let frames: [Frame] = [
        .hello(Fixture.hello(.ledger)), .ownVotesRequest, .attestation(Fixture.vote(3)),
        .task(Fixture.task(payloadSize: 8)),
    ]

    private static func decode(_ pieces: [some Collection<UInt8>]) throws -> (frames: [Frame], error: FrameError?) {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(FrameDecoder()))
        var failure: FrameError?
        do {
            for piece in pieces { try channel.writeInbound(ByteBuffer(bytes: piece)) }
            _ = try channel.finish()
        } catch let error as FrameError {
            failure = error
        }
        var frames: [Frame] = []
        while let frame = try channel.readInbound(as: Frame.self) { frames.append(frame) }
        return (frames, failure)
    }

    @Test func framesComeOutWholeHoweverTheyAreCut() throws {
        let bytes = try Self.frames.flatMap { try Array(buffer: EncodedFrame($0).bytes) }
        for cut in bytes.indices {
            let (frames, error) = try Self.decode([bytes[..<cut], bytes[cut...]])
            #expect(frames == Self.frames && error == nil, "cut at byte \(cut)")
        }
        #expect(try Self.decode(bytes.map { [$0] }).frames == Self.frames)
    }

    @Test(arguments: Frame.Kind.allCases)
    func lengthIsJudgedByTheHeaderAlone(kind: Frame.Kind) throws {
        func header(payload: Int) -> [UInt8] {
            withUnsafeBytes(of: UInt32(payload + 1).littleEndian) { Array($0) } + [kind.rawValue]
        }
        let limit = kind.payloadLimit
        var tooLong = ByteBuffer(bytes: header(payload: limit + 1))
        #expect(throws: FrameError.tooLong(kind, count: limit + 1, limit: limit)) {
            try FrameDecoder.next(in: &tooLong)
        }
        var allowed = ByteBuffer(bytes: header(payload: limit))
        if limit > 0 { #expect(try FrameDecoder.next(in: &allowed) == nil) }
        var largest = ByteBuffer(bytes: [255, 255, 255, 255, kind.rawValue])
        #expect(throws: FrameError.tooLong(kind, count: Int(UInt32.max) - 1, limit: limit)) {
            try FrameDecoder.next(in: &largest)
        }
    }

    @Test func nothingIsTakenBeforeAHello() throws {
        let header = ByteBuffer(bytes: [0, 0, 8, 0, Frame.Kind.submit.rawValue])
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(FrameDecoder()))
        #expect(throws: HandshakeError.noHello(.submit)) { try channel.writeInbound(header) }
        let greeted = EmbeddedChannel(handler: ByteToMessageHandler(FrameDecoder()))
        try greeted.writeInbound(EncodedFrame(Self.frames[0]).bytes)
        try greeted.writeInbound(header)
        #expect(throws: FrameError.self) { try greeted.finish() }
    }

    @Test func whatIsNoFrameIsNamed() throws {
        let hello = try Array(buffer: EncodedFrame(Self.frames[0]).bytes)
        #expect(try Self.decode([[0, 0, 0, 0]]).error == .empty)
        #expect(try Self.decode([[1, 0, 0, 0, 99]]).error == .unknownKind(99))
        #expect(
            try Self.decode([hello, [2, 0, 0, 0, Frame.Kind.attestation.rawValue, 1]]).error
                == .malformed(.attestation, .truncated(position: 1, needed: 31)))
        #expect(try Self.decode([hello.dropLast(3)]).error == .truncated(missing: 3))
        #expect(try Self.decode([hello.prefix(2)]).error == .truncated(missing: 3))
    }

    @Test func nothingIsDecodedPastTheFirstError() throws {
        let good = try Array(buffer: EncodedFrame(Self.frames[0]).bytes)
        let (frames, error) = try Self.decode([good + [1, 0, 0, 0, 99] + good])
        #expect(frames == [Self.frames[0]])
        #expect(error == .unknownKind(99))
    }

    @Test func noFrameIsEncodedThatNobodyWouldTake() {
        let frame = Frame.task(Fixture.task(payloadSize: ServiceTask.payloadLimit + 1024))
        #expect(throws: FrameError.self) { try EncodedFrame(frame) }
    }

    /// Whatever comes in: frames that encode to the very bytes that were taken, or one error; never a trap.
    @Test(arguments: [UInt64(1), 2, 3])
    func anyBytesGiveFramesOrAnError(seed: UInt64) throws {
        var random = SeededRandom(seed: seed, purpose: "frames")
        let valid = try Self.frames.flatMap { try Array(buffer: EncodedFrame($0).bytes) }
        for round in 0..<2_000 {
            var bytes = valid
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if round % 4 == 0 { bytes = (0..<64).map { _ in UInt8.random(in: 0...20, using: &random) } }
            var buffer = ByteBuffer(bytes: bytes)
            while true {
                let before = buffer
                guard let frame = try? FrameDecoder.next(in: &buffer) else { break }
                let taken = Array(buffer: before).prefix(buffer.readerIndex - before.readerIndex)
                #expect(try Array(buffer: EncodedFrame(frame).bytes) == Array(taken), "seed \(seed), round \(round)")
            }
        }
    }
}
