import Messages
import Primitives
import SystemPackage

/// The format of a record: eight bytes of name, `u16` schema version, then entries.
///
/// An entry is its length (`u32`, little-endian), itself in Borsh, and eight bytes of a checksum that goes over the
/// checksum before it, the length and the entry: whatever is altered, dropped, put in or exchanged breaks the chain
/// there. It guards against accidents, not against an author of records.
package enum RecordFile {
    package static let fileExtension = "qrec"
    static let magic = Array("quorate\u{0}".utf8)
    static let lengthSize = 4

    static var preamble: [UInt8] {
        var encoder = BorshEncoder()
        encoder.encode(RecordHeader.currentSchemaVersion)
        return magic + encoder.bytes
    }

    /// The whole record.
    ///
    /// - Parameters:
    ///   - toleratingTornTail: a file that ends inside an entry, as a killed process leaves it, is read up to there.
    ///   - keepingInputs: false leaves out the machine's input events, which verdicts do not need.
    package static func read(
        _ path: FilePath, toleratingTornTail: Bool = false, keepingInputs: Bool = true
    ) throws(RecordError) -> NodeRecord {
        let reader = try RecordReader(path)
        var entries: [RecordEntry] = []
        var positions: [Int] = []
        var ending = NodeRecord.Ending.cut
        do {
            while true {
                let start = reader.position
                guard let entry = try reader.next() else { break }
                if case .input = entry, !keepingInputs { continue }
                if case .closed(let time) = entry { ending = .closed(at: time) }
                entries.append(entry)
                positions.append(start)
            }
        } catch {
            guard case .torn = error.problem, toleratingTornTail, let byte = error.byte else { throw error }
            ending = .torn(at: byte)
        }
        return NodeRecord(
            path: path, header: reader.header, entries: entries, positions: positions, ending: ending)
    }
}
