import Primitives

/// What may stand at one place of a topology: the format as editors and validators know it. It never asks for more than
/// the reader does; what only the whole file shows (names that refer to each other, sums, bounds of quantities) is the
/// reader's alone.
package struct TopologySchema: Sendable {
    package var about: String
    package var form: Form
    /// What stands here if nothing is written.
    package var standard: String?

    package indirect enum Form: Sendable {
        /// One of these words.
        case words([String])
        /// - Parameter pattern: a regular expression, anchored.
        case text(pattern: String, example: String)
        /// Whatever a person writes, be it of digits alone.
        case freeText(example: String)
        /// What operators, restakers, services and topologies are called.
        case name
        case number(ClosedRange<UInt64>)
        case list(TopologySchema, most: Int? = nil)
        /// A mapping with the format's own keys.
        /// - Parameter one: of these keys exactly one.
        case keys([Key], one: [String] = [])
        /// A mapping whose keys are the author's names.
        case named(TopologySchema, isEmptyAllowed: Bool = false)
        /// A mapping whose keys are of this form, and are not operators' or services' names.
        case map(key: Form, TopologySchema)
        case either([TopologySchema])
    }

    package struct Key: Sendable {
        package var name: String
        package var isRequired: Bool
        package var value: TopologySchema
    }

    init(_ about: String, _ form: Form, standard: String? = nil) {
        self.about = about
        self.form = form
        self.standard = standard
    }

    package static let namePattern = "^[a-z0-9][a-z0-9-]{0,31}$"
}

extension TopologySchema.Key {
    static func required(_ name: String, _ value: TopologySchema) -> Self {
        Self(name: name, isRequired: true, value: value)
    }

    static func optional(_ name: String, _ value: TopologySchema) -> Self {
        Self(name: name, isRequired: false, value: value)
    }
}

extension TopologySchema.Form {
    private static let decimal = "[0-9]+(\\.[0-9]+)?"
    static let durationPattern = "\(decimal) ?(ns|us|ms|s|m|h)"

    static func duration(_ example: String) -> Self { .text(pattern: "^\(durationPattern)$", example: example) }
    static let stake = Self.text(pattern: "^\(decimal) ?(SOL|lamports?)$", example: "300 SOL")
    static let size = Self.text(pattern: "^\(decimal) ?(bytes|KiB|MiB|GiB)$", example: "256 MiB")
    static let rate = Self.text(pattern: "^\(decimal)/(s|min|h)$", example: "200/s")
    static let bandwidth = Self.text(pattern: "^\(decimal) ?[kMG]?bit/s$", example: "100Mbit/s")
    static let truth = Self.words(["true", "false"])
    static let fraction = Self.text(pattern: "^[0-9]+/[0-9]+$", example: "2/3")
    static func share(_ example: String) -> Self {
        .text(pattern: "^([0-9]+/[0-9]+|\(decimal) ?(%|bps))$", example: example)
    }
    static let beginning = Self.text(
        pattern: "^(start| *tasks? +\\+?[0-9]+ *|\(durationPattern))$", example: "task 500")
    static let extent = Self.text(pattern: "^( *[0-9]+ +tasks? *|\(durationPattern))$", example: "2s")

    /// One operator, or a range of them.
    private static let range = Self.text(
        pattern: "^[a-z0-9][a-z0-9-]{0,31}(\\.\\.[a-z0-9][a-z0-9-]{0,31})?$", example: "op-1..op-5")

    static func members(_ about: String) -> Self {
        let range = TopologySchema(about, range)
        return .either([range, TopologySchema(about, .list(range))])
    }

    /// As `members`, with coordinators and the ledger; a range may begin or end with neither.
    static func parties(_ about: String) -> Self {
        let party = TopologySchema(
            about,
            .text(
                pattern: "^(coordinator-)?[a-z0-9][a-z0-9-]{0,31}(\\.\\.[a-z0-9][a-z0-9-]{0,31})?$",
                example: "op-1..op-5"))
        return .either([party, TopologySchema(about, .list(party))])
    }

    static func words<Choice: CaseIterable & RawRepresentable<String>>(of type: Choice.Type) -> Self {
        .words(type.allCases.map(\.rawValue))
    }
}
