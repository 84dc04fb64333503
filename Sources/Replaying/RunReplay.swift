import Messages
import Primitives
import Records
import SystemPackage

/// Drives the machines of a run through their recorded events again, and compares every effect with what was
/// recorded, byte for byte.
package struct RunReplay: Sendable {
    package let records: RunRecords

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

    package init(directory: FilePath) throws(RecordError) {
        records = try RunRecords.load(directory: directory, keepingInputs: true)
    }

    package var nodeNames: [String] {
        records.nodes.map(\.name).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    /// - Parameters:
    ///   - trace: given a line for each event and effect, when wanted; its times count from the first event of the run.
    /// - Returns: one result for each process, by name.
    package func run(_ selection: Selection = Selection(), trace: ((String) -> Void)? = nil) throws(ReplayError)
        -> [NodeReplay]
    {
        if let name = selection.node, !nodeNames.contains(name) {
            throw ReplayError(
                path: records.nodes[0].path.removingLastComponent(), byte: nil,
                problem: "no node is named \(name); there are \(nodeNames.joined(separator: ", "))")
        }
        let parties = PartyNames(records.genesis)
        let origin = records.nodes.compactMap(\.firstInstant).min() ?? Instant(nanoseconds: 0)
        var results: [NodeReplay] = []
        for node in records.nodes where selection.node.map({ $0 == node.name }) ?? true {
            results.append(try replay(node, until: selection.until, parties: parties, origin: origin, trace: trace))
        }
        return results
    }

    private func replay(
        _ node: NodeRecord, until: TaskSequence?, parties: PartyNames, origin: Instant, trace: ((String) -> Void)?
    ) throws(ReplayError) -> NodeReplay {
        var subject = try makeSubject(of: node)
        var result = NodeReplay(name: node.name, incarnation: node.incarnation, isWhole: node.isClosed)
        var notesToCome: ArraySlice<Observation> = []
        for entry in node.entries {
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
                    throw ReplayError(path: node.path, byte: nil, problem: "event \(result.events + 1): \(error)")
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
                } else if !observation.isDriversOwn {
                    result.divergence = "event \(result.events): a note in the record is not one that the machine gives"
                    return result
                }
            case .header, .closed: break
            }
        }
        return result
    }

    private func makeSubject(of node: NodeRecord) throws(ReplayError) -> any ReplaySubject {
        do {
            return node.party == .ledger
                ? try LedgerSubject(genesis: records.genesis)
                : try NodeSubject(genesis: records.genesis, configuration: node.header.configuration)
        } catch {
            throw ReplayError(path: node.path, byte: nil, problem: "its machine cannot be made: \(error)")
        }
    }
}

extension NodeRecord {
    fileprivate var firstInstant: Instant? {
        entries.lazy.compactMap { if case .input(let time, _, _) = $0 { time } else { nil } }.first
    }
}

extension Observation {
    /// A driver turns strangers away before its machine hears of them, and notes that itself.
    fileprivate var isDriversOwn: Bool {
        if case .rejected = self { true } else { false }
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

package struct ReplayError: Error, CustomStringConvertible {
    package var path: FilePath
    package var byte: Int?
    package var problem: String

    package var description: String { "\(path): \(problem)" }
}
