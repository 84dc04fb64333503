import Messages
import Node
import Primitives
import Restaking

/// The start: the newest good snapshot, then the rest of the log.
extension LedgerDriver {
    private static let entriesPerFlush: UInt64 = 1_024

    /// - Throws: an `InstructionLogError` with the last good entry, where the log is damaged.
    func restore() throws {
        let end = try log.lastSequence()
        try resume(end: end)
        snapshots.begin(after: machine.head.sequence, durable: end)
        do throws(InstructionLogError) {
            try log.forEachEntry(after: machine.head.sequence) { entry throws(InstructionLogError) in
                handle(.restored(entry))
                if case .stop(let fault) = outbox.last {
                    throw InstructionLogError(path: log.path, row: entry.sequence, problem: "\(fault)")
                }
                if entry.sequence.isMultiple(of: Self.entriesPerFlush) { flushRecord() }
            }
        } catch {
            throw error.with(lastGood: machine.head.sequence)
        }
        try log.check(against: try head.read())
    }

    /// Where no snapshot is any good, or there is none, the machine stays at genesis.
    private func resume(end: UInt64) throws {
        for sequence in newestFirst where machine.head.sequence == 0 {
            let (snapshot, head): (LedgerSnapshot, LogHead)
            do throws(InstructionLogError) {
                (snapshot, head) = try log.snapshot(after: sequence)
            } catch {
                passOver(sequence, error.problem)
                continue
            }
            guard sequence <= end else {
                throw InstructionLogError(
                    path: log.path, row: nil,
                    problem:
                        "ends with entry \(end), but a snapshot was taken after entry \(sequence): the log has been "
                        + "cut off", lastGood: end)
            }
            guard let entry = try? log.entry(sequence), entry.chain == head.chain else {
                passOver(sequence, "that entry is damaged, or is not the one after which it was taken")
                continue
            }
            handle(.resumed(snapshot, at: head))
            if machine.head != head, case .passOver(let error) = outbox.last { passOver(sequence, "\(error)") }
        }
    }

    private var newestFirst: [UInt64] {
        do {
            return try log.snapshots()
        } catch {
            nodeLog(.warning, "\(error); the log is read from its beginning")
            return []
        }
    }

    private func passOver(_ sequence: UInt64, _ problem: String) {
        let prefix = "the snapshot after entry \(sequence)"
        nodeLog(
            .warning,
            "\(log.path): \(problem.hasPrefix(prefix) ? "" : "\(prefix): ")\(problem); an older one is taken, or the log is "
                + "read from its beginning")
    }
}
