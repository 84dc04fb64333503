import Glibc
import Messages
import SystemPackage

extension RunSummary {
    package static let resultsName = "results.json"
    package static let latenciesName = "latencies.csv"
    package static let pageName = "report.html"

    /// Writes `latencies.csv`, `evidence/`, `report.html` and, last, `results.json` into the run directory. Each file appears whole
    /// or not at all; what an earlier report has written there is replaced.
    package func write() throws(ReportError) {
        try write(Array(latenciesCSV.utf8), to: Self.latenciesName)
        let directory = context.runDirectory.appending(EvidenceFile.directoryName)
        if mkdir(directory.string, 0o755) != 0, errno != EEXIST {
            throw ReportError(path: directory, errno: Errno(rawValue: errno))
        }
        for file in evidence {
            try write(file.bytes, to: file.borshPath)
            try write(Array(file.json.document.utf8), to: file.jsonPath)
        }
        for file in conflicts { try write(file.bytes, to: file.path) }
        try write(Array(ReportPage(self).document.utf8), to: Self.pageName)
        try write(Array(results.document.utf8), to: Self.resultsName)
    }

    /// Under another name first, so that nobody reads half a file.
    private func write(_ bytes: [UInt8], to name: String) throws(ReportError) {
        let path = context.runDirectory.pushing(FilePath(name))
        let unfinished = FilePath("\(path).unfinished")
        do {
            let file = try FileDescriptor.open(
                unfinished, .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter { _ = try file.writeAll(bytes) }
        } catch {
            throw ReportError(path: path, errno: error as? Errno ?? .ioError)
        }
        guard rename(unfinished.string, path.string) == 0 else {
            throw ReportError(path: path, errno: Errno(rawValue: errno))
        }
    }
}

/// A report that could not be written: which file, and why.
package struct ReportError: Error, Hashable, Sendable, CustomStringConvertible {
    package var path: FilePath
    package var errno: Errno

    package var description: String { "\(path): cannot write the report: \(errno)" }
}
