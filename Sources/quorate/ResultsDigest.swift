import Foundation
import Node
import Primitives
import Records
import Reports
import SystemPackage
import Verdicts

/// What a line about a run says, from its `results.json`: judging it again would take the reading of all its records.
struct ResultsDigest: Decodable, Hashable {
    var ending: String
    var tasks: Tasks
    var latency: Latency
    var slashes: [Slash]
    var revocations: [Revocation]
    var verdict: String

    struct Tasks: Decodable, Hashable {
        var issued: UInt64
        var certified: UInt64
        var neverIssued: UInt64

        /// Of the load.
        var all: UInt64 { issued + neverIssued }

        enum CodingKeys: String, CodingKey {
            case issued, certified
            case neverIssued = "never_issued"
        }
    }

    struct Latency: Decodable, Hashable {
        var p99: Double?
    }

    struct Slash: Decodable, Hashable {
        var signer: String
        /// Nil in results of earlier versions, in which every slash was executed.
        var stage: String?

        enum CodingKeys: String, CodingKey {
            case signer = "operator"
            case stage
        }
    }

    struct Revocation: Decodable, Hashable {
        var service: String
    }

    enum CodingKeys: String, CodingKey {
        case ending, tasks, slashes, revocations, verdict
        case latency = "quorum_latency_ms"
    }

    private static let sizeLimit = 64 << 20

    static func read(_ path: FilePath) throws(CommandFailure) -> ResultsDigest {
        let bytes = try CommandFailure.asBadInput { try BoundedFile.read(path, limit: sizeLimit) }
        guard let digest = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else {
            throw .badInput(
                "\(path): is no \(RunSummary.resultsName) that this quorate reads; quorate report --write renews it")
        }
        return digest
    }
}

extension ResultsDigest {
    init(_ summary: RunSummary) {
        ending = summary.context.ending.rawValue
        tasks = Tasks(
            issued: UInt64(summary.tasks.issued), certified: UInt64(summary.tasks.certified),
            neverIssued: UInt64(summary.unissued))
        latency = Latency()
        if case .measured(let duration) = summary.latency.reading(.p99) { latency.p99 = duration.inMilliseconds }
        slashes = summary.slashes.map { Slash(signer: $0.signer) }
        revocations = summary.revocations.map { Revocation(service: $0.service) }
        verdict = summary.judgement.verdict.rawValue
    }

    /// What the verdict alone is as an exit status.
    var judgedStatus: Int32 {
        switch Verdict(rawValue: verdict) {
        case .holds, .notApplicable: ExitStatus.asExpected.rawValue
        case .violated: ExitStatus.notAsExpected.rawValue
        case .unknown, nil: ExitStatus.notJudged.rawValue
        }
    }

    /// Each once; not who was let off.
    var slashed: [String] {
        var names: [String] = []
        for slash in slashes where slash.stage != "vetoed" {
            if !names.contains(slash.signer) { names.append(slash.signer) }
        }
        return names
    }

    /// `14.5 ms`
    var p99: String? { latency.p99.map { "\(($0 * 10).rounded() / 10) ms" } }

    /// `op-3, op-5 and 2 more`; nil: nobody.
    func punished(atMost limit: Int) -> String? {
        let names = slashed
        guard !names.isEmpty else { return nil }
        let more = names.count - limit
        return names.prefix(limit).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
}
