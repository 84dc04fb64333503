import Faults
import Messages
import Primitives

/// Reads `chaos:`: `{every: 5s, lasting: 2s, of: [silent, crash, partition, churn], within: 1/3}`.
struct ChaosReader {
    /// Nil when not even the names can be told.
    let services: [ServicePlan]?
    let dissemination: NetworkPlan.Dissemination

    static let example = "{every: 5s, within: 1/3}"
    /// Less often than this nobody could tell one from the next.
    private static let least = Duration.milliseconds(100)

    func plan(_ field: Field) -> ChaosPlan? {
        guard var keys = field.mapping(example: Self.example) else { return nil }
        let everyField = keys.field("every")
        let spans = ScalarGrammar<Duration>.duration(Self.least ... .longest, example: "5s")
        let every = everyField.map { $0.read(spans) ?? ChaosPlan.standardPace } ?? ChaosPlan.standardPace
        let lasting = keys.optional("lasting", .duration(.milliseconds(1) ... .longest, example: "2s"))
        let ofField = keys.field("of")
        let withinField = keys.field("within")
        keys.reportUnknownKeys()
        let within = withinField.map { $0.read(.budget) ?? ChaosPlan.standardShare } ?? ChaosPlan.standardShare
        let words = ofField.map(self.words) ?? ChaosPlan.standardWords(in: dissemination)
        let plan = ChaosPlan(every: every, lasting: lasting, of: words, within: within)
        if let services { check(plan, of: services, everyField ?? field) }
        return plan
    }

    /// Reports a budget in which nobody has room.
    static func checkRoom(in topology: Topology, _ field: Field) {
        // Where stake counts otherwise in each AVS, only the ledger knows how much it is.
        guard let within = topology.chaos?.within, topology.ledger.allocation == .shared,
            topology.services.allSatisfy(\.assetWeights.isEmpty)
        else { return }
        let stakes = topology.stakesAtGenesis
        func hasRoom(_ signer: OperatorIndex) -> Bool {
            topology.services.filter { $0.operators.contains(signer) }.allSatisfy { service in
                let total = service.operators.reduce(UInt128(0)) { $0 + UInt128(stakes[Int($1.number)].number) }
                let stake = UInt128(stakes[Int(signer.number)].number)
                return stake * UInt128(within.denominator) < total * UInt128(within.numerator)
            }
        }
        guard !Set(topology.services.flatMap(\.operators)).contains(where: hasRoom) else { return }
        field.report("\(within): every operator holds as much or more of a service, so nobody could have a fault")
    }

    private func words(_ field: Field) -> [ChaosPlan.Word] {
        let fields = field.elements(example: "[silent, crash, partition]") ?? []
        if case .sequence = field.node.content, fields.isEmpty {
            field.report("there is nothing to draw from; write [silent, crash, partition], or leave it out for all")
        }
        var words: Set<ChaosPlan.Word> = []
        for field in fields {
            guard let word = field.read(.chaosWord) else { continue }
            if !words.insert(word).inserted { field.report("\(word.text) is listed twice") }
            if dissemination == .star, case .fault(let behaviour) = word, let reason = behaviour.reasonNotInStar {
                field.report(reason)
            }
        }
        return ChaosPlan.Word.all.filter(words.contains)
    }

    private func check(_ plan: ChaosPlan, of services: [ServicePlan], _ field: Field) {
        let length = services.compactMap { service in service.load.rate?.span(of: service.load.tasks) }.max()
        if let message = length.flatMap(plan.tooOften) { field.report(message) }
    }
}

extension ChaosPlan {
    /// What is wrong with drawing so often for so long; nil: nothing.
    func tooOften(in length: Duration) -> String? {
        let draws = UInt64(length.nanoseconds / every.nanoseconds)
        guard draws > Self.mostDraws else { return nil }
        let least = Duration.seconds(
            (length.nanoseconds / Int64(Self.mostDraws) + 999_999_999) / 1_000_000_000)
        return "in \(DurationText.of(length)) that is \(draws) faults, and \(Self.mostDraws) is the limit; "
            + "write every: \(DurationText.of(least))"
    }
}

extension ScalarGrammar where Value == ChaosPlan.Word {
    fileprivate static var chaosWord: Self {
        let known = choice("something to draw", of: ChaosPlan.Word.all.map { ($0.text, $0) })
        return Self(noun: known.noun, example: "silent, crash or partition") { text throws(GrammarMistake) in
            if let reason = Behaviour(rawValue: text)?.reasonNotToBeDrawn { throw GrammarMistake(reason) }
            return try known.parse(text)
        }
    }
}

extension ScalarGrammar where Value == Fraction {
    /// A share of stake that has a fault.
    fileprivate static var budget: Self {
        Self(noun: "a fraction", example: "1/3") { text throws(GrammarMistake) in
            let share = try ScalarGrammar.fraction.parse(text)
            guard share.numerator > 0 else {
                throw GrammarMistake("\(text.abridged) leaves room for nobody; write 1/3")
            }
            guard share <= .one else { throw GrammarMistake("\(text.abridged) is more than all stake; write 1/3") }
            return share
        }
    }
}
