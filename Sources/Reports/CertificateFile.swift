import Messages
import Primitives
import Verdicts

/// A certificate of a run with the operator set that it is counted by, as a file that anyone can check.
package struct CertificateFile: Hashable, Sendable {
    package var certificate: Certificate
    package var operatorSet: OperatorSet
    /// Without a directory: `squares-task-500.borsh`.
    package var name: String
    /// Whether its signatures are.
    package var isModelled: Bool

    package var path: String { "\(EvidenceFile.directoryName)/\(name)" }
    package var bytes: [UInt8] {
        ProofFile(.certificate(certificate, of: operatorSet), isModelled: isModelled).borsh
    }

    /// Every valid certificate for a subject of which there are two that say different things: one for each statement.
    ///
    /// - Parameter isModelled: whether the run's signatures are.
    package static func conflicts(of history: RunHistory, isModelled: Bool = false) -> [CertificateFile] {
        let bySubject = Dictionary(grouping: history.certificates, by: \.certificate.statement.voteKey)
        return bySubject.sorted { $0.key < $1.key }.flatMap { key, held -> [CertificateFile] in
            guard Set(held.map(\.certificate.statement)).count > 1 else { return [] }
            let stem = stem(of: key, in: history)
            var seen: Set<Statement> = []
            var found: [CertificateFile] = []
            for held in ranked(held, of: key) where !seen.contains(held.certificate.statement) {
                guard let set = validSet(of: held.certificate, in: history) else { continue }
                seen.insert(held.certificate.statement)
                let name = "\(stem)-certificate-\(seen.count).borsh"
                found.append(
                    CertificateFile(
                        certificate: held.certificate, operatorSet: set, name: name, isModelled: isModelled))
            }
            return found.count > 1 ? found : []
        }
    }

    /// The certificate for a task: the coordinator's if it has one, any other holder's if not.
    ///
    /// - Parameters:
    ///   - service: its name; nil where the run has one.
    ///   - isModelled: whether the run's signatures are.
    package static func find(
        _ task: TaskSequence, service name: String?, in history: RunHistory, isModelled: Bool = false
    ) throws(CertificateSearchError) -> CertificateFile {
        let names = history.genesis.services.map(\.name)
        if name == nil, names.count > 1 { throw .severalServices(names) }
        guard let place = name.map({ names.firstIndex(of: $0) }) ?? names.indices.first else {
            throw .noSuchService(name ?? "", names)
        }
        let key = VoteKey(
            network: history.network, service: ServiceID(UInt32(place)), subject: Subject(task))
        let held = history.certificates.filter { $0.certificate.statement.voteKey == key }
        guard !held.isEmpty else { throw .none(history.describe(key)) }
        for held in ranked(held, of: key) {
            guard let set = validSet(of: held.certificate, in: history) else { continue }
            return CertificateFile(
                certificate: held.certificate, operatorSet: set, name: "\(stem(of: key, in: history)).borsh",
                isModelled: isModelled)
        }
        throw .noneValid(history.describe(key), count: held.count)
    }

    private static func ranked(
        _ held: [RunHistory.HeldCertificate], of key: VoteKey
    ) -> [RunHistory.HeldCertificate] {
        held.sorted { rank($0, key.service) < rank($1, key.service) }
    }

    private static func rank(_ held: RunHistory.HeldCertificate, _ service: ServiceID) -> (Int, Instant) {
        (held.party == .coordinator(service) ? 0 : 1, held.at)
    }

    private static func validSet(of certificate: Certificate, in history: RunHistory) -> OperatorSet? {
        guard let set = history.operatorSets[certificate.statement.operatorSet],
            (try? certificate.verify(against: set)) != nil
        else { return nil }
        return set
    }

    /// A service's name is any text: no more of it goes into a file's name than letters, digits and hyphens.
    private static func stem(of key: VoteKey, in history: RunHistory) -> String {
        let name = history.name(of: key.service).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return "\(String(name))-task-\(key.subject)"
    }
}

/// Why a run has no certificate to give.
package enum CertificateSearchError: Error, Hashable, Sendable {
    case severalServices([String])
    case noSuchService(String, [String])
    case none(String)
    case noneValid(String, count: Int)
}

extension CertificateSearchError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .severalServices(let names):
            "the run has several services; name one with --service: \(names.joined(separator: ", "))"
        case .noSuchService(let name, let names):
            "the run has no service \(name); it has \(names.joined(separator: ", "))"
        case .none(let task): "\(task): no certificate in the records"
        case .noneValid(let task, let count):
            "\(task): \(RunHistory.count(count, "certificate")) in the records, but none that is valid under an "
                + "operator set of the ledger"
        }
    }
}
