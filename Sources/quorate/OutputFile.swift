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

    /// Whether it can be written, before there is anything to write.
    static func check(_ path: String) throws(CommandFailure) {
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.close()
        } catch {
            throw .badInput("\(path): cannot be written: \(error)")
        }
    }
}
