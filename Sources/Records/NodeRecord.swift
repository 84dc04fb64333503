import Messages
import Primitives
import SystemPackage

/// What one process of a run has left behind.
package struct NodeRecord: Sendable {
    package var path: FilePath
    package var header: RecordHeader
    /// After the header, in the order in which they were written.
    package var entries: [RecordEntry]
    /// Where each entry begins, in bytes from the beginning of the file; empty for a record that was never in one.
    package var positions: [Int]
    package var ending: Ending

    package init(
        path: FilePath, header: RecordHeader, entries: [RecordEntry], positions: [Int] = [], ending: Ending
    ) {
        precondition(positions.isEmpty || positions.count == entries.count, "each entry has its position")
        self.path = path
        self.header = header
        self.entries = entries
        self.positions = positions
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
        /// Where its entry begins in the file; nil where there is none.
        package var byte: Int?

        package init(at: Instant, observation: Observation, byte: Int? = nil) {
            self.at = at
            self.observation = observation
            self.byte = byte
        }
    }

    package var name: String { header.node }
    package var party: Party { header.party }
    package var incarnation: UInt32 { header.incarnation }

    package var isClosed: Bool {
        if case .closed = ending { true } else { false }
    }

    package var notes: [Note] {
        entries.indices.compactMap { place in
            guard case .note(let time, let observation) = entries[place] else { return nil }
            return Note(at: time, observation: observation, byte: positions.isEmpty ? nil : positions[place])
        }
    }
}
