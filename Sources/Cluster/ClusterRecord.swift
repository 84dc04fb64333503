import Foundation

/// What is written down of a live cluster for those who look for it. Nothing in it is secret, and nothing is done to a
/// process by the number that stands here: that may long be somebody else's.
package struct ClusterRecord: Codable, Hashable, Sendable {
    package static let currentSchemaVersion = 1

    package private(set) var schemaVersion = Self.currentSchemaVersion
    package var name: String
    /// As its file was called.
    package var topology: String
    /// Absolute.
    package var runDirectory: String
    package var process: Int32
    /// UTC, ISO 8601.
    package var startedAt: String
    package var quorateVersion: String
    package var services: [String]

    package init(
        name: String, topology: String, runDirectory: String, process: Int32, startedAt: Date, version: String,
        services: [String]
    ) {
        self.name = name
        self.topology = topology
        self.runDirectory = runDirectory
        self.process = process
        self.startedAt = startedAt.formatted(.iso8601)
        quorateVersion = version
        self.services = services
    }

    package var json: [UInt8] {
        get throws { try RunFile.json(self) }
    }

    /// - Returns: nil for anything else; it then says nothing.
    package init?(json: [UInt8]) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let record = try? decoder.decode(ClusterRecord.self, from: Data(json)),
            record.schemaVersion == Self.currentSchemaVersion
        else { return nil }
        self = record
    }
}
