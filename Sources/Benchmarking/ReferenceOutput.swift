/// Reads what a reference program prints: a header that begins with `#` and names the columns, then lines of them.
enum ReferenceOutput {
    /// The figures of the line for these operators and this load, under whatever names we have too.
    static func figures(in text: String, of bench: BenchCase) throws(ReferenceError) -> Figures {
        var columns: [Substring] = []
        for line in text.split(whereSeparator: \.isNewline) {
            var words = line.split(whereSeparator: \.isWhitespace)
            guard let first = words.first else { continue }
            if first.hasPrefix("#") {
                words[0] = first.dropFirst()
                columns = words.filter { !$0.isEmpty }
                continue
            }
            guard let place = columns.firstIndex(of: "n"), let mode = columns.firstIndex(of: "mode") else {
                throw .noHeader(String(line.prefix(80)))
            }
            guard words.count == columns.count else {
                throw .otherColumns(String(line.prefix(80)), expected: columns.count, found: words.count)
            }
            guard words[place] == "\(bench.operators)", words[mode] == bench.load.rawValue else { continue }
            return try figures(columns, words)
        }
        throw .noLine(bench)
    }

    private static func figures(_ columns: [Substring], _ words: [Substring]) throws(ReferenceError) -> Figures {
        var values: [Column: Double] = [:]
        for (name, word) in zip(columns, words) {
            guard let column = Column(rawValue: String(name)), word != "-" else { continue }
            guard let value = Double(word), value.isFinite, value >= 0 else {
                throw .noNumber(column: String(name), String(word.prefix(40)))
            }
            values[column] = value
        }
        guard values[.p50] != nil else { throw .noMedian(columns.joined(separator: " ")) }
        return Figures(values)
    }
}

/// Why a reference program does not serve.
package enum ReferenceError: Error, Hashable, Sendable {
    case empty
    case cannotStart(String, String)
    case failed(String, status: String, lastLine: String)
    case hung(String, seconds: Int)
    case noHeader(String)
    case otherColumns(String, expected: Int, found: Int)
    case noLine(BenchCase)
    case noNumber(column: String, String)
    case noMedian(String)
}

extension ReferenceError: CustomStringConvertible {
    package var description: String { "--against: \(account)" }

    private var account: String {
        switch self {
        case .empty: "the command is empty; name a program that takes -n N -m loop|pipe -s SECONDS"
        case .cannotStart(let command, let reason): "\(command): cannot be started: \(reason)"
        case .failed(let command, let status, let line):
            "\(command) \(status)" + (line.isEmpty ? "" : ": \(line)")
        case .hung(let command, let seconds): "\(command) gave no answer within \(seconds) s and was killed"
        case .noHeader(let line):
            "\"\(line)\" comes without a header; print \"# n mode p50_us p90_us p99_us tasks_per_s cpu_us_per_task\" "
                + "before it"
        case .otherColumns(let line, let expected, let found):
            "\"\(line)\" has \(found) columns, its header \(expected)"
        case .noLine(let bench): "it printed no line with n \(bench.operators) and mode \(bench.load.rawValue)"
        case .noNumber(let column, let word): "\(column) is \"\(word)\", which is no number"
        case .noMedian(let columns): "its header (\(columns)) has no column p50_us"
        }
    }
}
