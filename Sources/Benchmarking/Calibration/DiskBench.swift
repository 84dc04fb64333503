import Cryptography
import Glibc
import LedgerNode
import Messages
import Node
import Primitives
import Restaking
import Simulation
import SystemPackage

/// A guard file in which one vote after another is recorded, as an operator does it, and a ledger's log: each on a disk
/// that has had nothing to do meanwhile, which takes two or three times as long as one that has.
final class DiskBench {
    private let guardFile: GuardFile
    private let log: InstructionLog
    private let signed: SignedInstruction
    private var entries = 0

    /// - Parameter directory: on the file system that is meant; must exist.
    init(directory: FilePath) throws {
        let key = SigningKey(seed: FixedBytes32())
        guardFile = try GuardFile.create(
            directory.appending("guard"), network: .zero, key: key.publicKey, mode: .synced)
        log = try InstructionLog(path: directory.appending("ledger.sqlite").string)
        let instruction = Instruction.advance(to: Slot(1))
        let bytes = SignedInstruction.signedBytes(
            network: .zero, authority: key.publicKey, nonce: 0, instruction: instruction)
        signed = SignedInstruction(
            network: .zero, authority: key.publicKey, nonce: 0, instruction: instruction, signature: key.sign(bytes))
    }

    /// The disk has had nothing to do, and the processor has woken up: what that takes is counted by itself.
    private func rest() {
        usleep(Calibration.pause)
        let awake = ThreadClock.now
        while ThreadClock.now - awake < Self.waking {}
    }

    private static let waking = Duration.microseconds(200)

    func measure(times: Int, into samples: inout CostSamples) throws {
        for _ in 0..<times {
            rest()
            let written = ThreadClock.now
            try guardFile.append([.statement(.calibration)])
            samples.add(ThreadClock.now - written, to: .guardWrite)
            let (asked, working) = (MonotonicClock.now, ThreadClock.now)
            try guardFile.sync()
            let work = ThreadClock.now - working
            samples.add(work, to: .guardFlush)
            samples.add(max(.zero, MonotonicClock.now - asked - work), to: .guardSync)
            entries += 1
            let entry = LogEntry(
                sequence: UInt64(entries), slot: Slot(1), signed: signed, outcome: .applied, after: .zero)
            rest()
            let committed = MonotonicClock.now
            try log.append([entry])
            samples.add(MonotonicClock.now - committed, to: .commit)
        }
    }
}

extension Statement {
    /// One as good as any other.
    static let calibration = Statement(
        voteKey: VoteKey(network: .zero, service: ServiceID(0), subject: Subject(number: 1)), operatorSet: .zero,
        epoch: Epoch(0), task: .zero, result: .zero)
}
