import Messages
import SystemPackage

/// Why a guard file cannot be relied on. Whoever meets one must not sign.
package struct GuardFileError: Error, Hashable, Sendable {
    package var path: FilePath
    /// Where what is wrong begins, counted from the file's first byte; nil when it is about the whole file.
    package var byte: Int?
    package var problem: Problem

    package init(_ problem: Problem, path: FilePath, byte: Int? = nil) {
        self.path = path
        self.byte = byte
        self.problem = problem
    }

    package enum Problem: Hashable, Sendable {
        case missing
        /// Another process has it open.
        case inUse
        case notAGuard
        case otherVersion
        case otherNetwork
        case otherKey
        /// The file ends inside its header or inside an entry.
        case truncated(missing: Int)
        case checksum
        case malformed(BorshError)
        case system(doing: String, Errno)
    }
}

extension GuardFileError: CustomStringConvertible {
    package var description: String {
        let place = byte.map { "\(path): byte \($0)" } ?? "\(path)"
        return "\(place): \(problem)"
    }
}

extension GuardFileError.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing:
            "the signing guard is missing: without it, what this node has signed before is not known"
        case .inUse: "another process has this signing guard open: two would sign against each other"
        case .notAGuard: "not a signing guard: it does not begin with \"quoguard\""
        case .otherVersion: "written in another version; this program reads \(GuardFile.version)"
        case .otherNetwork: "it is the guard of another network than genesis"
        case .otherKey: "it is the guard of another key"
        case .truncated(let missing): "the file ends inside this entry: \(missing) bytes are missing"
        case .checksum:
            "the checksum does not match: this entry has been altered, or one before it was dropped or exchanged"
        case .malformed(let error): "not an entry of a guard: \(error)"
        case .system(let doing, let errno): "cannot \(doing): \(errno)"
        }
    }
}
