import Messages
import Primitives
import SystemPackage

/// What one process of a run has left behind.
package struct NodeRecord: Sendable {
    package var path: FilePath
    package var header: RecordHeader
    /// After the header, in the order in which they were written.
    package var entries: [RecordEntry]
    package var ending: Ending

    package init(path: FilePath, header: RecordHeader, entries: [RecordEntry], ending: Ending) {
        self.path = path
        self.header = header
        self.entries = entries
        self.ending = ending
    }

    package enum Ending: Hashable, Sendable {
        case closed(at: Instant)
        /// After an entry, but without the one that closes the record.
        case cut
        /// Inside the entry that begins at this byte.
        case torn(at: Int)
    }

    package struct Note: Hashable, Sendable {
        package var at: Instant
        package var observation: Observation

        package init(at: Instant, observation: Observation) {
            self.at = at
            self.observation = observation
        }
    }

    package var name: String { header.node }
    package var party: Party { header.party }
    package var incarnation: UInt32 { header.incarnation }

    package var isClosed: Bool {
        if case .closed = ending { true } else { false }
    }

    package var notes: [Note] {
        entries.compactMap { entry in
            if case .note(let time, let observation) = entry { Note(at: time, observation: observation) } else { nil }
        }
    }
}
