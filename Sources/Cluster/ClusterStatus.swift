/// A live cluster at one moment, for people and their tools: what `quorate status --json` prints. Lamports are decimal
/// text, as everywhere in JSON here.
package struct ClusterStatus: Codable, Hashable, Sendable {
    package static let currentSchemaVersion = 1

    package var schemaVersion = Self.currentSchemaVersion
    package var name: String
    package var phase: String
    package var runDirectory: String
    package var uptimeMs: Double
    package var operators: [Operator]
    package var services: [Service]
    package var ledger: Ledger
    package var faults: [Fault]
    package var network: [LinkFault]

    package struct Operator: Codable, Hashable, Sendable {
        package var name: String
        package var stakeLamports: String
        /// Of all stake.
        package var sharePercent: Double
        /// `up`, `connecting` (not yet with everyone it needs), `paused`, `dead` or `restarting`.
        package var state: String
        /// Whatever else is to be said of it, the gravest first.
        package var remarks: [String]
        /// Whether it answered in time.
        package var answered: Bool
        package var incarnation: UInt32
        package var votes: UInt64?
        package var lastVote: Vote?
        package var residentBytes: UInt64?
        package var cpuMs: Double?
    }

    package struct Vote: Codable, Hashable, Sendable {
        package var service: String
        package var sequence: UInt64
        package var agoMs: Double
        /// From the task's intended issue to the signature.
        package var delayMs: Double
    }

    package struct Service: Codable, Hashable, Sendable {
        package var name: String
        /// Its coordinator's.
        package var state: String
        package var remarks: [String]
        package var answered: Bool
        package var incarnation: UInt32
        package var issued: UInt64?
        package var certified: UInt64?
        package var expired: UInt64?
        package var epoch: UInt64?
        package var revision: UInt64?
        package var seats: Int?
        package var totalLamports: String?
        /// The least stake that certifies.
        package var quorumLamports: String?
        package var threshold: String
        /// The stake whose votes on the newest task that is decided have come.
        package var answeredLamports: String?
        /// How much more than a quorum that is; negative: how much is missing.
        package var marginLamports: String?
        package var marginPercent: Double?
        package var residentBytes: UInt64?
        package var cpuMs: Double?
    }

    package struct Ledger: Codable, Hashable, Sendable {
        package var state: String
        package var answered: Bool
        package var residentBytes: UInt64?
        package var cpuMs: Double?
    }

    package struct Fault: Codable, Hashable, Sendable {
        package var party: String
        package var behaviour: String
        /// `task 500`, `start`, `2s`
        package var begins: String
        package var lasts: String
        package var service: String?
        /// `topology` or `injected`
        package var origin: String
        /// `waiting`, `on`, `over`, `cleared`, `gone` or `unknown`.
        package var stage: String
    }

    /// A partition, or slow links, that are there or still to come.
    package struct LinkFault: Codable, Hashable, Sendable {
        /// By which it is healed.
        package var number: Int
        /// `partition` or `slow`
        package var kind: String
        /// Who is cut off from whom, or which links it is about, for people.
        package var extent: String
        /// Of a shape, several.
        package var sides: [Sides]
        /// Of slow links: `latency: 80ms`.
        package var terms: [String: String]
        /// `topology` or `ordered`
        package var origin: String
        /// `waiting` or `on`
        package var stage: String
        package var beginsInMs: Double?
        /// Left out: when somebody heals it.
        package var endsInMs: Double?
    }

    package struct Sides: Codable, Hashable, Sendable {
        package var between: [String]
        package var and: [String]
        package var isOneWay: Bool
    }
}

/// What became of a task that somebody submitted.
package struct TaskOutcome: Codable, Hashable, Sendable {
    package static let currentSchemaVersion = 1

    package var schemaVersion = Self.currentSchemaVersion
    package var service: String
    package var sequence: UInt64
    /// `certified` or `expired`
    package var outcome: String
    /// As its module writes it; nil where nobody could tell, or nothing was certified.
    package var result: String?
    package var resultHex: String?
    /// The digest that was certified.
    package var resultDigest: String?
    /// Who signed the certificate; of an expired task, whose votes had come.
    package var signers: [Signer]
    package var signedLamports: String
    package var totalLamports: String
    package var quorumLamports: String
    package var threshold: String
    /// From issue to certificate.
    package var latencyMs: Double?

    package struct Signer: Codable, Hashable, Sendable {
        package var name: String
        package var stakeLamports: String
    }
}
