import Messages
import SystemPackage

extension NodeRecord {
    /// So much waits at most before it is handed to the system.
    private static let entriesAtOnce = 256

    /// Makes the file that the process would have left in this directory.
    package func write(into directory: FilePath) throws(RecordError) {
        var writer = try RecordWriter(path: directory.appending(header.fileName), header: header)
        for (place, entry) in entries.enumerated() {
            if case .closed = entry { continue }
            writer.append(entry)
            if place % Self.entriesAtOnce == 0 { try writer.flush() }
        }
        switch ending {
        case .closed(let time): try writer.close(at: time)
        // A process that is only simulated dies between two entries.
        case .cut, .torn: try writer.leave()
        }
    }
}

extension RunRecords {
    /// Leaves in a run's directory what the processes, and whoever did something to them, would have left there; but for
    /// genesis, which a run has before.
    package func write(into directory: FilePath) throws(RecordError) {
        for node in nodes { try node.write(into: directory.appending(Self.directoryName)) }
        guard !interventions.isEmpty else { return }
        let log = try InterventionLog(
            path: directory.appending(InterventionLog.fileName), network: genesis.network)
        for intervention in interventions { try log.append(intervention) }
    }
}
