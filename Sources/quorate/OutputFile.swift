import Glibc
import SystemPackage

/// A file that a command was asked to write; one that is there is replaced.
enum OutputFile {
    static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter { _ = try file.writeAll(bytes) }
        } catch {
            throw .badInput("\(path): cannot be written: \(error)")
        }
    }

    /// Whether it can be written, before there is anything to write; leaves everything as it is.
    static func check(_ path: String) throws(CommandFailure) {
        let isThere = access(path, F_OK) == 0
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.close()
            if !isThere { unlink(path) }
        } catch {
            throw .badInput("\(path): cannot be written: \(error)")
        }
    }
}
