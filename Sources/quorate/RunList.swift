import Cluster
import Glibc
import Reports
import SystemPackage

/// The runs below a directory, newest first, by what they have left: no records are read.
struct RunList {
    private(set) var runs: [ListedRun] = []
    /// How many older ones were left out.
    private(set) var older = 0
    /// What lies there and is no run that can be listed, and why.
    private(set) var broken: [(directory: FilePath, reason: String)] = []
    /// Ledgers that were brought in from files: they are no runs.
    private(set) var imported: [FilePath] = []

    /// Of a place where nothing has been run.
    static let empty = RunList()

    private init() {}

    /// - Parameter last: as many at most; of the others no more than the time is read.
    init(below parent: FilePath, last: Int) throws(CommandFailure) {
        var found: [(directory: RunDirectory, manifest: RunManifest)] = []
        for name in try Self.subdirectories(of: parent) {
            let directory = RunDirectory(path: parent.appending(name))
            guard !directory.has(directory.importManifest) else {
                imported.append(directory.path)
                continue
            }
            do throws(RunFileError) {
                found.append((directory, try RunManifest.read(from: directory)))
            } catch {
                broken.append((directory.path, error.description))
            }
        }
        // Times are to the second; of one second, a later run has the longer name, or the greater number.
        found.sort { left, right in
            let (first, second) = (left.directory.path.string, right.directory.path.string)
            return (left.manifest.startedAt, first.utf8.count, first)
                > (right.manifest.startedAt, second.utf8.count, second)
        }
        for (directory, manifest) in found.prefix(last) {
            do throws(CommandFailure) {
                runs.append(try ListedRun(directory, manifest))
            } catch {
                broken.append((directory.path, error.description))
            }
        }
        older = max(0, found.count - last)
    }

    private static func subdirectories(of parent: FilePath) throws(CommandFailure) -> [String] {
        guard let stream = opendir(parent.string) else {
            throw .badInput("\(parent): cannot be listed: \(Errno(rawValue: errno))")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            // The link to the latest run is none itself.
            var facts = stat()
            guard !name.hasPrefix("."), lstat(parent.appending(name).string, &facts) == 0,
                facts.st_mode & S_IFMT == S_IFDIR
            else { continue }
            names.append(name)
        }
        return names.sorted()
    }
}

struct ListedRun {
    let directory: RunDirectory
    let manifest: RunManifest
    let state: State

    enum State: Hashable {
        case goesOn
        /// Whoever ran it came to its end first.
        case abandoned
        case neverBegan(status: Int32)
        case judged(ResultsDigest, status: Int32)
        /// It came to its end, and its reports were not written.
        case unreported
    }

    init(_ directory: RunDirectory, _ manifest: RunManifest) throws(CommandFailure) {
        self.directory = directory
        self.manifest = manifest
        state = try Self.state(of: directory)
    }

    private static func state(of directory: RunDirectory) throws(CommandFailure) -> State {
        if RunHold.exists(on: directory) { return .goesOn }
        let outcome = try CommandFailure.asBadInput { try RunOutcome.read(from: directory, genesis: nil) }
        let results = directory.path.appending(RunSummary.resultsName)
        guard directory.has(results) else {
            guard let outcome else { return .abandoned }
            return outcome.began ? .unreported : .neverBegan(status: ExitStatus.of(outcome, judged: nil).rawValue)
        }
        let digest = try ResultsDigest.read(results)
        let status = ExitStatus.of(outcome ?? .abandoned, judged: digest.judgedStatus).rawValue
        return .judged(digest, status: status)
    }

    /// `holds`, `unknown, interrupted`, `going on`
    var verdict: String {
        switch state {
        case .goesOn: "going on"
        case .abandoned: "cut short"
        case .neverBegan: "never began"
        case .unreported: "not judged"
        case .judged(let digest, _) where digest.ending == RunContext.Ending.completed.rawValue: digest.verdict
        case .judged(let digest, _): "\(digest.verdict), \(digest.ending)"
        }
    }

    /// What its command ended with, or would have.
    var status: Int32? {
        switch state {
        case .goesOn, .abandoned, .unreported: nil
        case .neverBegan(let status), .judged(_, let status): status
        }
    }

    var digest: ResultsDigest? {
        if case .judged(let digest, _) = state { digest } else { nil }
    }
}

extension RunOutcome {
    /// Of a run whose command has left no word of its end.
    static let abandoned = RunOutcome(ending: .aborted, failures: [], startup: nil)
}
