import SystemPackage

/// Reads a file into memory, and no more of it than a limit allows.
enum WholeFile {
    static func read(_ path: FilePath, limit: Int, doing: String) throws(RecordError) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            try file.closeAfter {
                var chunk = [UInt8](repeating: 0, count: 64 * 1024)
                while bytes.count <= limit {
                    let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
                    if count == 0 { break }
                    bytes.append(contentsOf: chunk[..<count])
                }
            }
        } catch {
            throw RecordError(.system(doing: doing, errno(of: error)), path: path)
        }
        guard bytes.count <= limit else {
            throw RecordError(.system(doing: doing, .fileTooLarge), path: path)
        }
        return bytes
    }
}
