import Links
import Messages
import Primitives

/// Reads `partitions:` and `changes:` of `network:`: on which links, from when, for how long.
///
/// Shapes are ways to write several partitions at once, or one in fewer words: what they stand for is what comes out.
struct LinkSpellReader {
    /// Nil when not even the names can be told.
    let parties: PartyReader?

    /// Each may name everyone.
    static let maximum = 2_000

    private static let partitionExample = "{between: [op-1, op-2], and: rest, at: 2s, for: 1s}"
    private static let changeExample = "{between: op-4, and: rest, at: 2s, for: 1s, latency: 80ms}"

    // MARK: Partitions

    func partitions(_ field: Field) -> [PartitionPlan] {
        let fields = field.elements(example: "[\(Self.partitionExample)]") ?? []
        let plans = fields.count > Self.maximum ? [] : fields.flatMap(partition)
        guard max(fields.count, plans.count) <= Self.maximum else {
            field.report("\(max(fields.count, plans.count)) partitions; at most \(Self.maximum)")
            return []
        }
        return plans
    }

    /// One entry; of a shape that is several partitions, all of them.
    func partition(_ field: Field) -> [PartitionPlan] {
        guard var keys = field.mapping(example: Self.partitionExample) else { return [] }
        let betweenField = keys.field("between")
        let andField = keys.field("and")
        let shapes = PartitionShape.allCases.compactMap { shape in keys.field(shape.rawValue).map { (shape, $0) } }
        let time = Time(&keys)
        let isOneWay = keys.read("one-way", .truth, default: false)
        keys.reportUnknownKeys()
        guard let parties else { return [] }
        func plans(_ sides: [PartitionShape.Sides]) -> [PartitionPlan] {
            sides.map { between, and in
                PartitionPlan(
                    between: between.sorted(), and: and.sorted(), begins: time.begins, lasts: time.lasts,
                    isOneWay: isOneWay)
            }
        }
        if let betweenField {
            shapes.first?.1.report("between says already who is cut off; leave this out")
            return plans([sides(betweenField, andField, of: parties.everyone, parties)])
        }
        guard let (shape, shapeField) = shapes.first else {
            field.report(
                "between is missing; write between: [op-1, op-2], isolate: op-3, halves: all or ring: all")
            return []
        }
        andField?.report("\(shape.rawValue) says already who is on the other side; leave this out")
        if shapes.count > 1 { shapes[1].1.report("\(shape.rawValue) says already who is cut off; leave this out") }
        if isOneWay, shape == .ring { shapeField.report("a ring has no first side; leave one-way out") }
        let mistakes = shapeField.mistakes.count
        let members = group(shapeField, parties).map(\.party)
        guard shapeField.mistakes.count == mistakes else { return [] }
        guard members.count >= shape.least else {
            shapeField.report(shape.tooFew)
            return []
        }
        return plans(shape.sides(members, of: parties.everyone))
    }

    // MARK: Changes

    func changes(_ field: Field) -> [LinkChangePlan] {
        let fields = field.elements(example: "[\(Self.changeExample)]") ?? []
        guard fields.count <= Self.maximum else {
            field.report("\(fields.count) changes; at most \(Self.maximum)")
            return []
        }
        return fields.compactMap(change)
    }

    /// Without `between`, of every link.
    func change(_ field: Field) -> LinkChangePlan? {
        guard var keys = field.mapping(example: Self.changeExample) else { return nil }
        let betweenField = keys.field("between")
        let andField = keys.field("and")
        let time = Time(&keys)
        let oneWayField = keys.field("one-way")
        let isOneWay = oneWayField?.read(.truth) ?? false
        let mistakes = field.mistakes.count
        let delay = ScalarGrammar.linkDelay
        let change = LinkChange(
            latency: keys.optional("latency", delay), jitter: keys.optional("jitter", delay),
            loss: keys.optional("loss", .loss), duplication: keys.optional("duplicate", .chance),
            reordering: keys.optional("reorder", .chance), bandwidth: keys.optional("bandwidth", .bandwidth))
        keys.reportUnknownKeys()
        if change.isEmpty, field.mistakes.count == mistakes {
            field.report(
                "it changes nothing; give latency: 80ms, jitter, loss: 1%, duplicate, reorder or bandwidth: 1Mbit/s")
        }
        if betweenField == nil {
            for word in [andField, oneWayField] {
                word?.report("without between it is about every link; write between: op-4, or leave this out")
            }
        }
        guard let parties else { return nil }
        let everyone = parties.everyone.filter { $0 != .ledger }
        guard let betweenField else {
            return LinkChangePlan(
                between: everyone.sorted(), and: everyone.sorted(), begins: time.begins, lasts: time.lasts,
                change: change)
        }
        let (between, and) = sides(betweenField, andField, of: everyone, parties) { member in
            guard member.party == .ledger else { return }
            member.field.report(
                "the ledger stands beside everyone, and its links have no terms; leave it out, or write a partition")
        }
        return LinkChangePlan(
            between: between.sorted(), and: and.sorted(), begins: time.begins, lasts: time.lasts,
            isOneWay: isOneWay, change: change)
    }

    // MARK: Sides

    private struct Time {
        let begins: Duration
        let lasts: Duration?

        init(_ keys: inout MappingReader) {
            begins = keys.read("at", .duration(example: "2s"), default: .zero)
            lasts = keys.optional("for", .duration(.nanoseconds(1) ... .longest, example: "1s"))
        }
    }

    private func sides(
        _ betweenField: Field, _ andField: Field?, of everyone: [Party], _ parties: PartyReader,
        check: (PartyReader.Member) -> Void = { _ in }
    ) -> PartitionShape.Sides {
        let between = side(betweenField, parties, check: check)
        if let andField, !andField.isWord("rest") {
            return (between, side(andField, parties, against: between, check: check))
        }
        let and = Set(everyone).subtracting(between)
        if and.isEmpty { betweenField.report("nobody is left for the other side; leave somebody out") }
        return (between, and)
    }

    private func side(
        _ field: Field, _ parties: PartyReader, against others: Set<Party> = [],
        check: (PartyReader.Member) -> Void
    ) -> Set<Party> {
        let mistakes = field.mistakes.count
        let members = parties.members(field)
        if let both = members.first(where: { others.contains($0.party) }) {
            both.field.report("\(parties.name(of: both.party)) is on the other side already")
        }
        members.forEach(check)
        if members.isEmpty, field.mistakes.count == mistakes {
            field.report("nobody is on this side; write [op-1, op-2]")
        }
        return Set(members.map(\.party))
    }

    /// `all`: the operators.
    private func group(_ field: Field, _ parties: PartyReader) -> [PartyReader.Member] {
        guard field.isWord("all") else { return parties.members(field) }
        return parties.everyone.filter(\.isSigner).map { PartyReader.Member(party: $0, field: field) }
    }
}

extension Field {
    /// Whether it is this one word. An operator of that name is written `[rest]`.
    fileprivate func isWord(_ word: String) -> Bool {
        if case .scalar(word) = node.content { return true }
        return false
    }
}
