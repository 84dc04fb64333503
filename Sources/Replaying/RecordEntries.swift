import Faults
import Messages
import Primitives
import Records

/// The entries of one process's record, up to an end that must be that of a closed record.
struct RecordEntries {
    private let reader: RecordReader
    private let mayBeCut: Bool
    private(set) var isClosed = false
    /// Where the entry that was read last begins.
    private(set) var start = 0
    /// The file ended inside an entry.
    private(set) var isTorn = false

    /// - Parameter mayBeCut: whether a record without its end is taken as it is.
    init(of node: NodeRecord, mayBeCut: Bool) throws(ReplayError) {
        do throws(RecordError) {
            reader = try RecordReader(node.path)
        } catch {
            throw ReplayError(error)
        }
        self.mayBeCut = mayBeCut
    }

    /// - Returns: nil at the end.
    mutating func next() throws(ReplayError) -> RecordEntry? {
        start = reader.position
        do throws(RecordError) {
            if let entry = try reader.next() {
                if case .closed = entry { isClosed = true }
                return entry
            }
        } catch {
            guard case .torn = error.problem, mayBeCut else { throw ReplayError(error) }
            isTorn = true
            return nil
        }
        guard isClosed || mayBeCut else {
            throw ReplayError(
                path: reader.path, byte: start,
                problem: "the file ends here, but the record was never closed: its process was killed, or its end has "
                    + "been cut off")
        }
        return nil
    }
}

extension ReplayError {
    fileprivate init(_ error: RecordError) {
        self.init(path: error.path, byte: error.byte, problem: "\(error.problem)")
    }
}

extension NodeRecord {
    /// Whether its adversary had this process killed. That is not always its last note: what came in the same turn of
    /// the driver is still handled.
    var hasCrashed: Bool {
        notes.contains { note in
            if case .injected(let injection) = note.observation {
                injection.votes.isEmpty && Behaviour(rawValue: injection.behaviour)?.isCrash == true
            } else {
                false
            }
        }
    }
}

extension RecordEntry {
    /// Nil for a header.
    var time: Instant? {
        switch self {
        case .header: nil
        case .input(let time, _, _), .note(let time, _), .closed(let time): time
        }
    }
}
