import SystemPackage

/// A file read from front to back in chunks; what is asked for is allocated only as far as the file has it.
package final class ChunkedFile {
    /// Of what has been taken, in bytes from the beginning of the file.
    package private(set) var position = 0
    /// Of what has been read.
    package var end: Int { position + buffer.count - offset }

    private let descriptor: FileDescriptor
    private var buffer: [UInt8] = []
    private var offset = 0
    private static let chunkSize = 256 * 1024

    package init(_ path: FilePath) throws(Errno) {
        do {
            descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        } catch {
            throw errno(of: error)
        }
    }

    deinit { try? descriptor.close() }

    /// The next `count` bytes, or as many as there are.
    package func take(upTo count: Int) throws(Errno) -> [UInt8] {
        while buffer.count - offset < count {
            if offset > 0 {
                buffer.removeFirst(offset)
                offset = 0
            }
            guard try readChunk() else { break }
        }
        let taken = Array(buffer[offset..<min(offset + count, buffer.count)])
        offset += taken.count
        position += taken.count
        return taken
    }

    /// - Returns: whether there was anything left.
    private func readChunk() throws(Errno) -> Bool {
        do {
            let chunk = try [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { space, count in
                count = try descriptor.read(into: UnsafeMutableRawBufferPointer(space))
            }
            buffer.append(contentsOf: chunk)
            return !chunk.isEmpty
        } catch {
            throw errno(of: error)
        }
    }
}
