import Messages
import SystemPackage

/// How long the files are that a run has left, by the word of whoever ran it: that a record is missing or was cut, where its
/// process was killed, shows by nothing else.
package struct RunInventory: Hashable, Sendable {
    /// In bytes, by the record's file name.
    package var records: [String: UInt64]
    /// In bytes; nil where there is no log of interventions.
    package var interventions: UInt64?

    package init(records: [String: UInt64], interventions: UInt64? = nil) {
        self.records = records
        self.interventions = interventions
    }

    /// As they are now.
    package init(ofRunIn directory: FilePath) throws(RecordError) {
        let folder = directory.appending(RunRecords.directoryName)
        records = [:]
        for name in try RunRecords.recordNames(in: folder) {
            records[name] = FileUsage.size(of: folder.appending(name))
        }
        interventions = FileUsage.size(of: directory.appending(InterventionLog.fileName))
    }

    /// Whose record bears this name; nil: nobody's in this network.
    package static func party(of fileName: String, in genesis: Genesis) -> Party? {
        genesis.parties.first { party in
            guard let name = genesis.name(of: party), fileName.hasPrefix("\(name).") else { return false }
            let rest = fileName.dropFirst(name.utf8.count + 1).split(separator: ".")
            return rest.count == 2 && UInt32(rest[0]) != nil && rest[1] == RecordFile.fileExtension
        }
    }

    /// What is not as it was when the run ended, by name.
    func deficits(in folder: FilePath, of genesis: Genesis) -> [RecordDeficit] {
        records.sorted { $0.key < $1.key }.compactMap { name, bytes in
            let found = FileUsage.size(of: folder.appending(name))
            guard found != bytes, let party = Self.party(of: name, in: genesis) else { return nil }
            return RecordDeficit(party: party, fileName: name, bytes: found, expected: bytes)
        }
    }
}

/// A record that is not as it was when its run ended.
package struct RecordDeficit: Hashable, Sendable {
    package var party: Party
    package var fileName: String
    /// Nil: it is not there.
    package var bytes: UInt64?
    package var expected: UInt64

    package init(party: Party, fileName: String, bytes: UInt64?, expected: UInt64) {
        self.party = party
        self.fileName = fileName
        self.bytes = bytes
        self.expected = expected
    }
}

extension RecordDeficit: CustomStringConvertible {
    package var description: String {
        bytes.map { "\(fileName) has \($0) bytes; it had \(expected) when the run ended" } ?? "\(fileName) is missing"
    }
}
