import Foundation
import TopologyFormat

/// What a command asks of a live cluster, as people write it: names and words are read by the cluster itself, which
/// knows the topology.
package enum ControlOrder: Codable, Hashable, Sendable {
    case status
    case submit(service: String, payload: String, waits: Bool)
    /// Answered by `done` or `notApplied`.
    case instruct([LedgerWord])
    /// Answered likewise.
    ///
    /// - Parameter evidence: what the file holds, which the cluster may not be able to read.
    case submitEvidence([LedgerWord], evidence: Data)
    case inject(FaultWords)
    /// Nil: of everybody.
    case clearFaults(party: String?)
    case kill(node: String)
    case pause(node: String)
    case resume(node: String)
    case restart(node: String, disk: String)
    /// - Parameter title: what its shape is called; nil: who is on which side.
    case partition([LinkWord], title: String?)
    case slow([LinkWord])
    /// Nil: everything.
    case heal(number: Int?)
    /// - Parameter now: without waiting for windows to close.
    case down(now: Bool, form: SummaryForm)
}

package enum SummaryForm: String, Codable, Hashable, Sendable {
    case plain, coloured, json
}

/// What a cluster answers: one reply, or several, of which the last one says how it ends.
package enum ControlReply: Codable, Hashable, Sendable {
    case done(String)
    /// Nothing was done, and why.
    case refused(String)
    /// The ledger has refused it: the outcomes.
    case notApplied(String)
    /// It cannot be told what came of it.
    case lost(String)
    case status(ClusterStatus)
    case issued(service: String, sequence: UInt64)
    case task(TaskOutcome)
    /// On the way down.
    case progress(String)
    /// The run is judged: its summary, and what the command ends with.
    case over(summary: String, status: Int32)
}

/// The envelope on the socket: a length of four bytes, then JSON.
struct ControlEnvelope<Content: Codable & Sendable>: Codable, Sendable {
    /// Of the protocol: both sides must speak the same.
    var version: Int
    var content: Content
}

enum ControlProtocol {
    static let version = 1
    static let requestLimit = 1 << 20
    static let replyLimit = 64 << 20

    static func encode(_ content: some Codable & Sendable) throws -> Data {
        try JSONEncoder().encode(ControlEnvelope(version: version, content: content))
    }

    private struct Version: Decodable {
        var version: Int
    }

    static func decode<Content: Codable & Sendable>(
        _ data: Data, as type: Content.Type = Content.self
    ) throws(ControlError) -> Content {
        let decoder = JSONDecoder()
        guard let found = try? decoder.decode(Version.self, from: data).version else { throw .unreadable }
        guard found == version else { throw .otherVersion(found) }
        guard let envelope = try? decoder.decode(ControlEnvelope<Content>.self, from: data) else { throw .unreadable }
        return envelope.content
    }
}

package enum ControlError: Error, Hashable, Sendable {
    case unreachable(name: String, reason: String)
    case unreadable
    case otherVersion(Int)
    case tooLong(Int)
    /// In the middle of an answer, or before it.
    case hungUp(name: String)
}

extension ControlError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let name, let reason): "cluster \(name) does not answer: \(reason)"
        case .unreadable: "what came over the socket is no message of this protocol"
        case .otherVersion(let version):
            "the other side speaks version \(version) of the protocol, this quorate version "
                + "\(ControlProtocol.version); use the quorate that started the cluster"
        case .tooLong(let count): "a message of \(count) bytes is longer than any may be"
        case .hungUp(let name): "cluster \(name) ended before it had answered"
        }
    }
}
