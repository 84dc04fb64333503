import Messages
import SystemPackage

/// Reads small files whole.
package enum BoundedFile {
    /// Throws `tooLong` without having read more than one byte beyond the limit.
    package static func read(_ path: FilePath, limit: Int) throws(BoundedFileError) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            try file.closeAfter {
                var chunk = [UInt8](repeating: 0, count: min(limit + 1, 64 * 1024))
                while bytes.count <= limit {
                    let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
                    if count == 0 { break }
                    bytes.append(contentsOf: chunk[..<count])
                }
            }
        } catch {
            throw .unreadable(path, error as? Errno ?? .ioError)
        }
        guard bytes.count <= limit else { throw .tooLong(path, limit: limit) }
        return bytes
    }

    /// - Parameter name: what the file should hold: `a genesis`.
    package static func decode<Value: BorshCodable>(
        _ path: FilePath, limit: Int, as name: String
    ) throws(BoundedFileError) -> Value {
        let bytes = try read(path, limit: limit)
        do {
            return try Value(borsh: bytes)
        } catch {
            throw .malformed(path, name, error)
        }
    }
}

package enum BoundedFileError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(FilePath, Errno)
    case tooLong(FilePath, limit: Int)
    /// Not what it should hold.
    case malformed(FilePath, String, BorshError)

    package var description: String {
        switch self {
        case .unreadable(let path, let errno): "\(path): cannot be read: \(errno)"
        case .tooLong(let path, let limit): "\(path): longer than the \(limit) bytes allowed"
        case .malformed(let path, let what, let error): "\(path): not \(what): \(error)"
        }
    }
}
