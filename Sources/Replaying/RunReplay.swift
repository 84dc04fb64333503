import Faults
import Messages
import Primitives
import Records
import SystemPackage

/// Drives the machines of a run through their recorded events again, and compares every effect with what was
/// recorded, byte for byte.
package struct RunReplay: Sendable {
    /// With what the nodes noted, without their machines' inputs: those are read entry by entry.
    package let records: RunRecords
    private let directory: FilePath

    /// What to replay. Left out: everything.
    package struct Selection: Sendable {
        /// A node's name: `op-3`, `coordinator-squares`, `ledger`.
        package var node: String?
        /// Nothing after the first sight of a later task.
        package var until: TaskSequence?

        package init(node: String? = nil, until: TaskSequence? = nil) {
            self.node = node
            self.until = until
        }
    }

    /// - Parameters:
    ///   - node: the only one whose records are read, as the selection names it; nil: everyone's.
    ///   - inventory: what must be there, where somebody has said it.
    package init(directory: FilePath, node: String? = nil, inventory: RunInventory? = nil) throws(RecordError) {
        records = try RunRecords.load(directory: directory, only: node, inventory: inventory)
        self.directory = directory.appending(RunRecords.directoryName)
    }

    /// - Parameters:
    ///   - trace: given a line for each event and effect, when wanted; its times count from the first event of the run.
    /// - Returns: one result for each process, by name.
    /// - Throws: also when a record is missing, or is not whole and neither `until` nor a crash or kill excuses it.
    package func run(_ selection: Selection = Selection(), trace: ((String) -> Void)? = nil) throws(ReplayError)
        -> [NodeReplay]
    {
        func isSelected(_ name: String) -> Bool { selection.node.map { $0 == name } ?? true }
        let names = records.genesis.parties.compactMap { records.genesis.name(of: $0) }
        if let name = selection.node, !names.contains(name) {
            throw ReplayError(
                path: directory, problem: "no node is named \(name); there are \(names.joined(separator: ", "))")
        }
        for (party, incarnation) in records.missing {
            guard let name = records.genesis.name(of: party), isSelected(name) else { continue }
            throw ReplayError(
                path: directory.appending("\(name).\(incarnation).\(RecordFile.fileExtension)"),
                problem: "this record is missing")
        }
        if let deficit = records.deficits.first { throw ReplayError(path: directory, problem: "\(deficit)") }
        let parties = PartyNames(records.genesis)
        let origin = trace == nil ? Instant(nanoseconds: 0) : origin
        var results: [NodeReplay] = []
        for node in records.nodes where isSelected(node.name) {
            results.append(try replay(node, until: selection.until, parties: parties, origin: origin, trace: trace))
        }
        return results
    }

    /// The first time in any record of the run that can be read.
    private var origin: Instant {
        let names = (try? RunRecords.recordNames(in: directory)) ?? []
        return names.compactMap { try? RecordReader(directory.appending($0)).next()?.time }.min()
            ?? Instant(nanoseconds: 0)
    }

    private func replay(
        _ node: NodeRecord, until: TaskSequence?, parties: PartyNames, origin: Instant, trace: ((String) -> Void)?
    ) throws(ReplayError) -> NodeReplay {
        var subject = try makeSubject(of: node)
        var result = NodeReplay(name: node.name, incarnation: node.incarnation, isWhole: node.isClosed)
        var notesToCome: ArraySlice<Observation> = []
        var file = try RecordEntries(
            of: node, mayBeCut: until != nil || node.hasCrashed || records.wasKilled(node.party, node.incarnation))
        while let entry = try file.next() {
            switch entry {
            case .input(let time, let event, let recorded):
                if !notesToCome.isEmpty {
                    result.divergence = "event \(result.events): a note that the machine gives is not in the record"
                    return result
                }
                let step: ReplayStep
                do {
                    step = try subject.step(event, at: time)
                } catch {
                    throw ReplayError(
                        path: node.path, byte: file.start, problem: "event \(result.events + 1): \(error)")
                }
                if let until, let task = step.task, task > until { return result }
                result.events += 1
                result.effects += step.effects
                notesToCome = step.notes[...]
                if let trace { for line in step.lines(parties, node: node.name, at: time - origin) { trace(line) } }
                guard step.digest == recorded else {
                    result.divergence =
                        "event \(result.events), \(step.event(parties)): the effects are not those of the record "
                        + "(digest \(step.digest.short), recorded \(recorded.short))"
                    return result
                }
            case .note(_, let observation):
                if notesToCome.first == observation {
                    notesToCome.removeFirst()
                } else if !observation.isDriversOwn(hasBegun: result.events > 0) {
                    result.divergence = "event \(result.events): a note in the record is not one that the machine gives"
                    return result
                }
            case .header, .closed: break
            }
        }
        // A killed process may have written an event and not its notes.
        if !notesToCome.isEmpty, file.isClosed {
            result.divergence = "event \(result.events): a note that the machine gives is not in the record"
        }
        return result
    }

    private func makeSubject(of node: NodeRecord) throws(ReplayError) -> any ReplaySubject {
        do {
            return node.party == .ledger
                ? try LedgerSubject(genesis: records.genesis)
                : try NodeSubject(genesis: records.genesis, configuration: node.header.configuration)
        } catch {
            throw ReplayError(path: node.path, problem: "its machine cannot be made: \(error)")
        }
    }
}

extension Observation {
    /// A driver turns strangers away before its machine hears of them, and notes that itself, as it does when it was
    /// itself held up; so it does when it finds the signing guard broken, before its machine hears of anything. And it
    /// dies of what is its own to see to.
    fileprivate func isDriversOwn(hasBegun: Bool) -> Bool {
        switch self {
        case .rejected, .stalled: true
        case .refusedToSign: !hasBegun
        case .injected(let injection): Behaviour(rawValue: injection.behaviour)?.isDrivers ?? false
        default: false
        }
    }
}

/// How the replay of one process went.
package struct NodeReplay: Hashable, Sendable {
    package var name: String
    package var incarnation: UInt32
    package var events = 0
    package var effects = 0
    /// Whether the record was closed in good order: a killed process leaves one that was not.
    package var isWhole: Bool
    /// Where and how the replay differs from the record; nil when it does not.
    package var divergence: String?
}

/// A run that cannot be replayed: which file, where in it, what is wrong.
package struct ReplayError: Error, CustomStringConvertible {
    package var path: FilePath
    /// Where the entry at fault begins, or the file ends; nil when it is about the whole file.
    package var byte: Int?
    package var problem: String

    package var description: String { "\(path): \(byte.map { "byte \($0): " } ?? "")\(problem)" }
}
