import Glibc
import NIOCore
import NIOPosix
import Primitives
import Records
import SystemPackage

/// What a program's process tells whoever started it, on its event loop.
protocol ProgramProcessDelegate: AnyObject {
    /// A line of its standard output, without the newline.
    func heard(_ line: [UInt8])
    /// A line of its standard output is longer than allowed: nothing more is read.
    func outgrewLine()
    func complained(_ line: String)
    /// It is gone, with its whole group, and has been reaped. Nothing follows.
    func ended(_ ending: ProgramEnding)
}

struct ProgramEnding: Hashable, Sendable {
    /// As `waitpid` tells.
    var status: Int32
    var wasKilled: Bool
    var lastComplaint: String?
}

/// One process of a program, its group and its pipes. Confined to an event loop, which it never holds up.
///
/// Whoever started it is told of its end once the process is reaped: on its standard output's end, or when it is looked at
/// and found to be over. With it goes its whole group.
final class ProgramProcess {
    let startedAt: Instant
    /// Whether it has ever answered anything.
    var hasAnswered = false
    private(set) var wasKilled = false

    private weak var delegate: (any ProgramProcessDelegate)?
    private let leader: pid_t
    private let eventLoop: any EventLoop
    private let outputLimit: Int
    private let clock: () -> Instant
    private var channel: (any Channel)?
    /// Until there is a channel.
    private var unwritten = ByteBuffer()
    private var partial: [UInt8] = []
    private var errors: ProgramErrors
    private var hasErrorsLeft = true
    private var isEnding = false

    private static let pageSize = UInt64(sysconf(Int32(_SC_PAGESIZE)))
    private static let firstReapPause = TimeAmount.milliseconds(1)
    private static let longestReapPause = TimeAmount.milliseconds(50)
    /// How many pauses are spent waiting for the last words of a process that has ended.
    private static let lastWordsPauses = 8

    /// Throws when there are no descriptors or processes left.
    init(
        _ launcher: FilePath, _ arguments: [String], outputLimit: ByteCount, delegate: any ProgramProcessDelegate,
        eventLoop: any EventLoop, clock: @escaping () -> Instant
    ) throws(Errno) {
        var pipes: [(reading: SystemPackage.FileDescriptor, writing: SystemPackage.FileDescriptor)] = []
        do {
            for _ in 0..<3 {
                let ends = try SystemPackage.FileDescriptor.pipe()
                pipes.append((ends.readEnd, ends.writeEnd))
            }
            leader = try ProgramGroups.spawn(
                launcher, arguments, input: pipes[0].reading.rawValue,
                output: pipes[1].writing.rawValue, errors: pipes[2].writing.rawValue)
        } catch {
            for ends in pipes {
                try? ends.reading.close()
                try? ends.writing.close()
            }
            throw error as? Errno ?? .ioError
        }
        for descriptor in [pipes[0].reading, pipes[1].writing, pipes[2].writing] { try? descriptor.close() }
        self.eventLoop = eventLoop
        self.outputLimit = Int(outputLimit.number)
        self.delegate = delegate
        self.clock = clock
        startedAt = clock()
        errors = ProgramErrors { [weak delegate] in delegate?.complained($0) }
        attach(input: pipes[0].writing.rawValue, output: pipes[1].reading.rawValue, errors: pipes[2].reading.rawValue)
    }

    /// Bytes of its standard output behind the last newline.
    var unfinished: ByteCount { ByteCount(UInt64(partial.count)) }

    func write(_ bytes: [UInt8]) {
        guard !isEnding else { return }
        guard let channel else {
            unwritten.writeBytes(bytes)
            return
        }
        channel.writeAndFlush(channel.allocator.buffer(bytes: bytes), promise: nil)
    }

    /// What its memory holds of it; nil when it is over. Its end is looked after then.
    func residentBytes() -> ByteCount? {
        let text = (try? BoundedFile.read(FilePath("/proc/\(leader)/statm"), limit: 4096)) ?? []
        let pages = String(decoding: text, as: UTF8.self).split(separator: " ").prefix(2).compactMap { UInt64($0) }
        // Whoever has ended and waits to be reaped has no memory at all.
        guard pages.count == 2, pages[0] > 0 else {
            end()
            return nil
        }
        return ByteCount(pages[1] * Self.pageSize)
    }

    /// With its group. `ended` follows.
    func kill() {
        wasKilled = true
        end()
    }

    // MARK: Its end

    /// Nobody is left of its group, and it is reaped as soon as that can be.
    private func end() {
        ProgramGroups.kill(leader)
        guard !isEnding else { return }
        isEnding = true
        channel?.close(promise: nil)
        reap(after: Self.firstReapPause, pauses: 0, status: nil)
    }

    private func reap(after pause: TimeAmount, pauses: Int, status: Int32?) {
        eventLoop.assumeIsolated().scheduleTask(in: pause) { [self] in
            let status = status ?? ProgramGroups.reap(leader)
            if let status, !hasErrorsLeft || pauses >= Self.lastWordsPauses {
                errors.end()
                let ending = ProgramEnding(status: status, wasKilled: wasKilled, lastComplaint: errors.lastLine)
                delegate?.ended(ending)
                delegate = nil
                return
            }
            reap(after: min(pause * 2, Self.longestReapPause), pauses: pauses + 1, status: status)
        }
    }

    // MARK: Pipes

    private func attach(input: CInt, output: CInt, errors: CInt) {
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        NIOPipeBootstrap(group: eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let reader = PipeReader(onBytes: { this.value.took($0) }, onEnd: { this.value.endedOutput() })
                    try channel.pipeline.syncOperations.addHandler(reader)
                }
            }
            .takingOwnershipOfDescriptors(input: output, output: input)
            .assumeIsolated().whenComplete { result in
                switch result {
                case .success(let channel): this.value.attached(channel)
                case .failure: this.value.kill()
                }
            }
        NIOPipeBootstrap(group: eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let reader = PipeReader(
                        onBytes: { this.value.tookErrors($0) }, onEnd: { this.value.hasErrorsLeft = false })
                    try channel.pipeline.syncOperations.addHandler(reader)
                }
            }
            .takingOwnershipOfDescriptor(input: errors)
            .assumeIsolated().whenFailure { _ in this.value.kill() }
    }

    private func attached(_ channel: any Channel) {
        self.channel = channel
        guard !isEnding else { return channel.close(promise: nil) }
        if unwritten.readableBytes > 0 { channel.writeAndFlush(unwritten, promise: nil) }
        unwritten.clear()
    }

    private func took(_ bytes: ByteBufferView) {
        var rest = bytes[...]
        while !rest.isEmpty, !isEnding {
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            let piece = rest[..<(end ?? rest.endIndex)]
            guard partial.count + piece.count <= outputLimit else {
                delegate?.outgrewLine()
                return
            }
            partial += piece
            guard let end else { return }
            let line = partial
            partial.removeAll(keepingCapacity: true)
            delegate?.heard(line)
            rest = rest[(end + 1)...]
        }
    }

    /// Whoever cannot answer any more is over.
    private func endedOutput() { end() }

    private func tookErrors(_ bytes: ByteBufferView) { errors.take(bytes, at: clock()) }
}

/// Hands over what comes out of a pipe.
private final class PipeReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let onBytes: (ByteBufferView) -> Void
    private let onEnd: () -> Void

    init(onBytes: @escaping (ByteBufferView) -> Void, onEnd: @escaping () -> Void) {
        self.onBytes = onBytes
        self.onEnd = onEnd
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        onBytes(unwrapInboundIn(data).readableBytesView)
    }

    func channelInactive(context: ChannelHandlerContext) { onEnd() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
