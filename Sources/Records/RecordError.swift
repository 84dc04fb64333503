import Messages
import SystemPackage

/// Why a run's records cannot be written, read or believed: which file, which byte, what is wrong.
package struct RecordError: Error, Hashable, Sendable {
    package var path: FilePath
    /// Where the entry at fault begins, counted from the file's first byte; nil when it is about the whole file.
    package var byte: Int?
    package var problem: Problem

    package init(_ problem: Problem, path: FilePath, byte: Int? = nil) {
        self.path = path
        self.byte = byte
        self.problem = problem
    }

    /// - Parameter doing: `read the run's genesis`
    init(_ error: BoundedFileError, doing: String, path: FilePath) {
        switch error {
        case .unreadable(_, let reason): self.init(.system(doing: doing, reason), path: path)
        case .tooLong: self.init(.system(doing: doing, .fileTooLarge), path: path)
        case .malformed(_, _, let reason): self.init(.malformed(reason), path: path)
        }
    }

    package enum Problem: Hashable, Sendable {
        case system(doing: String, Errno)
        case notARecord
        case notAnInterventionLog
        case otherVersion(UInt16)
        /// The file ends inside an entry.
        case torn(missing: Int)
        case tooLong(UInt32)
        case checksum
        case malformed(BorshError)
        case headerMissing
        case secondHeader
        case afterClosed
        case misnamed(RecordHeader)
        case otherNetwork
        case unknownParty(Party)
        case noRecords
        /// In bytes; nil where there is none.
        case otherLength(UInt64?, of: UInt64?)
    }
}

extension RecordError: CustomStringConvertible {
    package var description: String {
        let place = byte.map { "\(path): byte \($0)" } ?? "\(path)"
        return "\(place): \(problem)"
    }
}

extension RecordError.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let doing, let errno): "cannot \(doing): \(errno)"
        case .notARecord: "not a record of a Quorate run: it does not begin with \"quorate\""
        case .notAnInterventionLog: "not a log of interventions: it does not begin with \"quointer\""
        case .otherVersion(let version):
            "written in schema version \(version); this program reads \(RecordHeader.currentSchemaVersion)"
        case .torn(let missing): "the file ends inside this entry: \(missing) bytes are missing"
        case .tooLong(let length):
            "an entry cannot have \(length) bytes (at most \(RecordEntry.sizeLimit)): the length has been altered"
        case .checksum:
            "the checksum does not match: this entry has been altered, or one before it was dropped or exchanged"
        case .malformed(let error): "not an entry: \(error)"
        case .headerMissing: "the first entry must be the header"
        case .secondHeader: "a second header: the file must have one, at its beginning"
        case .afterClosed: "an entry follows the one that closed the record"
        case .misnamed(let header): "its header says that it is \(header.fileName)"
        case .otherNetwork: "it belongs to another run: its network is not that of genesis.borsh"
        case .unknownParty(let party): "it is about \(party), which genesis.borsh does not name"
        case .otherLength(nil, let expected?): "is missing; it had \(expected) bytes when the run ended"
        case .otherLength(let bytes?, let expected?): "has \(bytes) bytes; it had \(expected) when the run ended"
        case .otherLength: "was not there when the run ended"
        case .noRecords: "holds no record (*.\(RecordFile.fileExtension))"
        }
    }
}
