import Faults
import Messages
import Primitives

/// Reads what an adversary is told besides its schedule, each by its key, as far as this one takes it.
struct FaultParameterReader {
    let behaviour: Behaviour
    private let fields: [String: Field]

    private var entry: CatalogueEntry { .of(behaviour) }

    /// - Parameter keys: those of `FaultParameter` are asked for.
    init(_ behaviour: Behaviour, _ fields: [String: Field]) {
        self.behaviour = behaviour
        self.fields = fields
    }

    /// Every key of every parameter, whether this adversary takes it or not.
    static func fields(_ keys: inout MappingReader) -> [String: Field] {
        var fields: [String: Field] = [:]
        for key in FaultParameter.keys { fields[key] = keys.field(key) }
        return fields
    }

    /// Reports what it does not take, and what it cannot do without.
    ///
    /// - Parameters:
    ///   - field: where the adversary is named.
    ///   - isOfCoordinator: whether the AVS is named by its coordinator.
    func check(_ field: Field, isOfCoordinator: Bool) {
        let taken = entry.parameters.map(\.key)
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) where !taken.contains(key) {
            if key == "service", isOfCoordinator {
                value.report("coordinator names the service already; leave this out")
            } else {
                let others = (["at", "for"] + taken).joined(separator: ", ")
                value.report("\(behaviour.rawValue) takes no \(key); it takes \(others)")
            }
        }
        for parameter in entry.parameters where fields[parameter.key] == nil {
            if let example = Self.needed(parameter) {
                field.report("\(behaviour.rawValue) needs \(parameter.key); write \(parameter.key): \(example)")
            }
        }
        if behaviour == .slow, fields["delay"] == nil { field.report("slow needs delay; write delay: 50ms") }
    }

    private static func needed(_ parameter: FaultParameter) -> String? {
        switch parameter {
        case .share: "1/4"
        case .skew: "2s"
        case .drift: "1/100"
        case .to: "[op-1, op-2]"
        default: nil
        }
    }

    var service: Field? { fields["service"] }

    /// Of each task.
    var probability: Fraction {
        guard entry.parameters.contains(.probability) else { return .one }
        return fields["probability"]?.read(.probability) ?? .one
    }

    var point: KillPoint? {
        for case .point(let points) in entry.parameters {
            return fields["point"]?.read(.choice("a point", of: points.map { ($0.rawValue, $0) }))
        }
        return nil
    }

    func parameters(_ roster: OperatorRoster?) -> FaultParameters {
        var read = FaultParameters()
        for parameter in entry.parameters {
            let field = fields[parameter.key]
            switch parameter {
            case .service, .probability, .point: break
            case .share: read.share = field?.read(.probability)
            case .delay: read.delay = field?.read(.duration(example: "50ms"))
            case .skew: read.skew = field?.read(.skew)
            case .drift: read.share = field?.read(.probability)
            case .to, .against:
                if let field, let roster {
                    read.chosen = roster.members(field, allowsAll: false, allowsNone: false) ?? []
                }
            case .rate(let standard): read.rate = field?.read(.frameRate) ?? standard
            case .form(let forms):
                read.form = field?.read(.choice("a way", of: forms.map { ($0.rawValue, $0) })) ?? forms[0]
            case .disk(let disks):
                read.disk = field?.read(.choice("a disk", of: disks.map { ($0.rawValue, $0) })) ?? disks[0]
            }
        }
        return read
    }
}

extension ScalarGrammar where Value == Duration {
    /// How far a clock is off: `2s`, or `-2s` for one that is behind.
    static var skew: Self {
        Self(noun: "a difference in time", example: "2s or -2s") { text throws(GrammarMistake) in
            let isBehind = text.hasPrefix("-")
            let size = try ScalarGrammar<Duration>.duration(.nanoseconds(1) ... .longest, example: "2s or -2s")
                .parse(isBehind ? String(text.dropFirst()) : text)
            return isBehind ? .zero - size : size
        }
    }
}

extension ScalarGrammar where Value == UInt64 {
    /// Frames a second: `2000/s`.
    static var frameRate: Self {
        Self(noun: "a rate", example: "2000/s") { text throws(GrammarMistake) in
            guard text.hasSuffix("/s") else { throw .isNot(text, "a rate of frames", write: "2000/s") }
            return try integer(1...100_000, example: "2000/s").parse(String(text.dropLast(2)))
        }
    }
}
