import Primitives

extension ScalarGrammar where Value == Duration {
    /// A span of time: a number and one unit, `2ms`, `1.5s`, `10m`.
    package static func duration(
        _ bounds: ClosedRange<Duration> = .zero ... .longest, example: String = "500ms"
    ) -> Self {
        Self(noun: "a duration", example: example) { text throws(GrammarMistake) in
            let duration = try DurationText.parse(text, example: example)
            guard duration >= bounds.lowerBound else {
                throw GrammarMistake("\(text.abridged) is too short; at least \(DurationText.of(bounds.lowerBound))")
            }
            guard duration <= bounds.upperBound else {
                throw GrammarMistake("\(text.abridged) is too long; at most \(DurationText.of(bounds.upperBound))")
            }
            return duration
        }
    }
}

extension Duration {
    /// The longest that a topology may say: sums of a few stay well within 64 bits of nanoseconds.
    static let longest = Duration.seconds(8760 * 3600)
}

extension DurationText {
    fileprivate static func parse(_ text: String, example: String) throws(GrammarMistake) -> Duration {
        let parts = NumberWithUnit(text)
        if parts.isNegative { throw GrammarMistake("\(text.abridged) is negative; a duration is not") }
        guard let number = DecimalNumber(parts.number) else { throw .isNot(text, "a duration", write: example) }
        if parts.unit.isEmpty { throw GrammarMistake("\(text.abridged) has no unit; write \(text.abridged)ms") }
        guard let unit = units.first(where: { $0.name == parts.unit }) else {
            throw GrammarMistake("\(text.abridged) is not a duration; its unit must be ns, us, ms, s, m or h")
        }
        switch number.times(unit.nanoseconds) {
        case .exact(let nanoseconds) where nanoseconds <= UInt64(Int64.max): return .nanoseconds(Int64(nanoseconds))
        case .exact, .tooLarge: throw GrammarMistake("\(text.abridged) is too long; at most 8760h")
        case .tooFine: throw GrammarMistake("\(text.abridged) is finer than a nanosecond")
        }
    }
}

extension ScalarGrammar where Value == Lamports {
    /// An amount: `300 SOL`, `1.5 SOL`, `5000000000 lamports`.
    package static func stake(atLeast least: Lamports = .zero) -> Self {
        Self(noun: "an amount", example: "300 SOL") { text throws(GrammarMistake) in
            let parts = NumberWithUnit(text)
            if parts.isNegative { throw GrammarMistake("\(text.abridged) is negative; an amount is not") }
            guard let number = DecimalNumber(parts.number) else { throw .isNot(text, "an amount", write: "300 SOL") }
            let perUnit: UInt64
            switch parts.unit {
            case "SOL": perUnit = Lamports.perSOL
            case "lamports", "lamport": perUnit = 1
            case "": throw GrammarMistake("\(text.abridged) has no unit; write \(text.abridged) SOL")
            default: throw GrammarMistake("\(text.abridged) is not an amount; its unit must be SOL or lamports")
            }
            switch number.times(perUnit) {
            case .exact(let lamports) where lamports >= least.number: return Lamports(lamports)
            case .exact: throw GrammarMistake("\(text.abridged) is too little; at least \(least.number) lamport")
            case .tooFine: throw GrammarMistake("\(text.abridged) is finer than a lamport, 0.000000001 SOL")
            case .tooLarge:
                throw GrammarMistake("\(text.abridged) does not fit 64 bits; at most \(Lamports(.max))")
            }
        }
    }
}

extension ScalarGrammar where Value == Rate {
    /// So many in a unit of time: `200/s`, `12000/min`, `30/h`.
    package static var rate: Self {
        Self(noun: "a rate", example: "200/s") { text throws(GrammarMistake) in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let number = DecimalNumber(parts[0]) else {
                throw .isNot(text, "a rate", write: "200/s")
            }
            guard let period = Rate.periods.first(where: { $0.name == parts[1] })?.period else {
                throw GrammarMistake("\(text.abridged) is not a rate; its unit must be /s, /min or /h")
            }
            switch number.times(1) {
            case .exact(0): throw GrammarMistake("\(text.abridged) issues nothing; write 200/s")
            case .exact(let count) where Rate(count: count, period: period).perSecond <= Rate.maximumPerSecond:
                return Rate(count: count, period: period)
            case .exact, .tooLarge: throw GrammarMistake("\(text.abridged) is too fast; at most 1000000/s")
            case .tooFine:
                throw GrammarMistake("\(text.abridged) is not a whole number of tasks; write 30/min for 0.5/s")
            }
        }
    }
}

extension ScalarGrammar where Value == ByteCount {
    /// A number and one unit: `64 KiB`, `256 MiB`.
    package static func size(_ bounds: ClosedRange<ByteCount>, example: String) -> Self {
        Self(noun: "a size", example: example) { text throws(GrammarMistake) in
            let parts = NumberWithUnit(text)
            if parts.isNegative { throw GrammarMistake("\(text.abridged) is negative; a size is not") }
            guard let number = DecimalNumber(parts.number) else { throw .isNot(text, "a size", write: example) }
            if parts.unit.isEmpty { throw GrammarMistake("\(text.abridged) has no unit; write \(text.abridged) MiB") }
            guard let unit = ByteCount.units.first(where: { $0.name == parts.unit }) else {
                throw GrammarMistake("\(text.abridged) is not a size; its unit must be bytes, KiB, MiB or GiB")
            }
            guard case .exact(let bytes) = number.times(unit.bytes), bounds.contains(ByteCount(bytes)) else {
                throw GrammarMistake("\(text.abridged) is not within \(bounds.lowerBound) to \(bounds.upperBound)")
            }
            return ByteCount(bytes)
        }
    }
}
