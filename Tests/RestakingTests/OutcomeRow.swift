import Cryptography
import Messages
import Primitives

@testable import Restaking

/// One answer to one kind of instruction, and a situation in which the ledger gives it. Where it can be, what comes
/// later in the order is wrong there too.
struct OutcomeRow: Sendable {
    typealias Fixture = LedgerFixture

    let outcome: Outcome
    let situation: String
    let key: SigningKey
    private let genesis: @Sendable (inout Genesis) -> Void
    private let prepare: @Sendable (inout Fixture) -> Instruction

    /// - Parameters:
    ///   - genesis: what is other in it than in the wide network.
    ///   - prepare: brings the situation about and gives the instruction.
    init(
        _ outcome: Outcome, _ situation: String, by key: SigningKey,
        with genesis: @escaping @Sendable (inout Genesis) -> Void = { _ in },
        _ prepare: @escaping @Sendable (inout Fixture) -> Instruction
    ) {
        self.outcome = outcome
        self.situation = situation
        self.key = key
        self.genesis = genesis
        self.prepare = prepare
    }

    init(
        _ outcome: Outcome, _ situation: String, by key: SigningKey,
        with genesis: @escaping @Sendable (inout Genesis) -> Void = { _ in }, _ instruction: Instruction
    ) {
        self.init(outcome, situation, by: key, with: genesis) { _ in instruction }
    }

    func make() -> (fixture: Fixture, instruction: Instruction) {
        var fixture = Fixture.wide(genesis)
        let instruction = prepare(&fixture)
        return (fixture, instruction)
    }
}

/// All that one instruction can be told, in the order in which the ledger looks for it; `applied` last.
struct OutcomeList: Sendable, CustomStringConvertible {
    let name: String
    let roles: [Role]
    let rows: [OutcomeRow]

    init(_ name: String, by roles: Role..., rows: [OutcomeRow]) {
        self.name = name
        self.roles = roles
        self.rows = rows
    }

    /// Who may ask, by what the ledger knows of a key.
    enum Role: String, CaseIterable, Sendable {
        case clock, `operator`, restaker, coordinator, council, authority, resolver, anyone

        var key: SigningKey {
            switch self {
            case .clock: LedgerFixture.clockKey
            case .operator: LedgerFixture.operatorKeys[0]
            case .restaker: LedgerFixture.restakerKeys[1]
            case .coordinator: LedgerFixture.coordinatorKeys[0]
            case .council: LedgerFixture.councilKeys[0]
            case .authority: LedgerFixture.rateKey
            case .resolver: LedgerFixture.resolverKey
            case .anyone: LedgerFixture.addressKey
            }
        }
    }

    var description: String { name }

    /// Without `applied`, and each once.
    var refusals: [Outcome] {
        rows.map(\.outcome).reduce(into: []) { if $0.last != $1 { $0.append($1) } }.filter { $0 != .applied }
    }

    static let all = operators + staking + delegator + slashing + certificates + yield + inbox

    /// What any instruction can be told before the ledger looks at what it asks for.
    static let envelope: [Outcome] = [.wrongNetwork, .badSignature, .unknownAuthority, .nonceUsed, .nonceAhead]

    private static let listed = Dictionary(
        uniqueKeysWithValues: all.map { ($0.name, Set($0.refusals + envelope + [.applied])) })

    static func lists(_ outcome: Outcome, of instruction: Instruction) -> Bool {
        listed[instruction.name]?.contains(outcome) ?? false
    }
}

extension Instruction {
    /// Of its case.
    var name: String { String(String(describing: self).prefix { $0 != "(" }) }
}
