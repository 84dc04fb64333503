import Cluster
import Foundation
import LedgerNode
import Messages
import Primitives
import Restaking
import SystemPackage

/// How long the ledger's process takes from its start until it listens, with a log of many instructions.
struct RestartBench {
    let sizes: LedgerBench.Sizes
    let executables: Executables

    private static let entriesAtOnce = 5_000
    /// As many as may be logged after a snapshot before there is a new one.
    private var tail: Int { min(Int(LedgerConfiguration.usualSnapshotInterval), sizes.instructions / 2) }

    func measure(in directory: FilePath) async throws -> [LedgerFigure] {
        let scene = LedgerScene(restakers: sizes.restakers / 10, operators: 100, services: 3, assets: 3)
        // It takes no snapshot by itself.
        let child = try LedgerChild(scene, in: directory, snapshotInterval: .max, executables: executables)
        let log = try InstructionLog(path: child.database.string)
        let kept = try fill(log, scene)
        let whole = try await starts(child, from: 1, count: min(3, sizes.repeats))
        try log.keep(kept.snapshot, at: kept.head)
        let short = try await starts(child, from: 100, count: sizes.repeats)
        return [
            LedgerFigure(.restart, "with \(sizes.instructions) instructions in the log, no snapshot", .seconds, whole),
            LedgerFigure(
                .restart, "the same, with a snapshot \(tail) instructions ago", .seconds,
                short),
        ]
    }

    private func starts(_ child: LedgerChild, from first: UInt32, count: Int) async throws -> [Double] {
        var times: [Double] = []
        for number in 0..<UInt32(count) {
            times.append(try await child.run(incarnation: first + number) { _, took in took.inSeconds })
        }
        return times
    }

    /// - Returns: the snapshot that is to be kept, and where it was taken.
    private func fill(_ log: InstructionLog, _ scene: LedgerScene) throws -> (snapshot: LedgerSnapshot, head: LogHead) {
        var ledger = try Ledger(genesis: scene.genesis)
        var mix = InstructionMix(scene.genesis)
        var head = LogHead(sequence: 0, chain: ledger.network)
        var kept = (LedgerSnapshot(of: ledger), head)
        var (entries, changes): ([LogEntry], [Ledger.Change]) = ([], [])
        var epoch: UInt64 = 0
        for number in 1...sizes.instructions {
            let opens = number.isMultiple(of: max(1, sizes.instructions / 20))
            let signed = opens ? scene.opening(of: epoch + 1, nonce: epoch) : mix.next()
            if opens { epoch += 1 }
            let outcome = ledger.applyVerified(signed, changes: &changes)
            changes.removeAll(keepingCapacity: true)
            let entry = LogEntry(
                sequence: ledger.sequence, slot: ledger.slot, signed: signed, outcome: outcome, after: head.chain)
            head = LogHead(sequence: entry.sequence, chain: entry.chain)
            entries.append(entry)
            if number == sizes.instructions - tail { kept = (LedgerSnapshot(of: ledger), head) }
            if entries.count == Self.entriesAtOnce || number == sizes.instructions {
                try log.append(entries)
                entries.removeAll(keepingCapacity: true)
            }
        }
        return kept
    }
}
