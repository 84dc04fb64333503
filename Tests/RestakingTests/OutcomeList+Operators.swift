import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// What does not exist in the small network.
extension LedgerFixture {
    static let nowhere = AssetID(9 as UInt32)
    static let nobody = OperatorIndex(9)
    static let noService = ServiceID(9)

    mutating func tombstone(_ place: Int) {
        #expect(signer(2, Self.equivocation(by: place, set(), subject: 77)) == .applied)
    }

    mutating func exit(_ place: Int) { #expect(signer(place, .exit) == .applied) }

    mutating func end(_ service: UInt32) { #expect(decide(.markDefunct(ServiceID(service))) == .applied) }

    mutating func revokeCoordinator() {
        let (one, other) = (Self.square(set(), subject: 78).0, Self.square(set(1), subject: 78).0)
        var altered = one
        altered.payload = other.payload + [1]
        let tasks = [one, altered].map {
            SignedTask(task: $0, signature: Self.coordinatorKeys[0].sign($0.signedBytes))
        }
        let pair = TaskEquivocation(tasks[0], tasks[1], by: Self.coordinatorKeys[0].publicKey)!
        #expect(signer(2, .submitEvidence(.taskEquivocation(pair))) == .applied)
    }
}

extension OutcomeList {
    typealias Fixture = LedgerFixture

    private static let asking = Fixture.operatorKeys[0]
    private static let own = Endpoint(signer: OperatorIndex(0), address: Endpoint.loopback, port: 1)
    private static let other = Endpoint(signer: OperatorIndex(1), address: Endpoint.loopback, port: 1)
    private static let home = ServiceID(0)

    private static func byList(_ genesis: inout Genesis) {
        genesis.services[0].admission = .list([OperatorIndex(1)])
        genesis.services[0].optedIn = [OperatorIndex(0), OperatorIndex(2)]
    }

    private static func unique(_ genesis: inout Genesis) {
        genesis.parameters.allocation = .unique
        genesis.signers[0].allocations = [.init(service: ServiceID(1), magnitude: .whole)]
    }

    private static func strict(_ genesis: inout Genesis) {
        genesis.services[0].jail = JailTerms(window: 4, epochs: 2)
    }

    static let operators = registry + membership + allocation + admission

    private static let registry = [
        OutcomeList(
            "registerEndpoint", by: .operator,
            rows: [
                OutcomeRow(.notAuthorized, "another operator's", by: asking, .registerEndpoint(other)),
                OutcomeRow(.applied, "its own", by: asking, .registerEndpoint(own)),
            ]),
        OutcomeList(
            "registerClient", by: .operator,
            rows: [
                OutcomeRow(.notAuthorized, "a restaker", by: Role.restaker.key, .registerClient(.own)),
                OutcomeRow(.applied, "an operator", by: asking, .registerClient(.own)),
            ]),
        OutcomeList(
            "setCommission", by: .operator,
            rows: [
                OutcomeRow(.notAuthorized, "a restaker", by: Role.restaker.key, .setCommission(.whole)),
                OutcomeRow(
                    .commissionTooSteep, "a hundredth of a percent more", by: asking, .setCommission(.init(2_501)!)),
                OutcomeRow(.applied, "the whole step", by: asking, .setCommission(.init(2_500)!)),
            ]),
    ]

    private static let membership = [
        OutcomeList(
            "optIn", by: .operator,
            rows: [
                OutcomeRow(.notAuthorized, "a restaker, to no AVS", by: Role.restaker.key, .optIn(Fixture.noService)),
                OutcomeRow(.unknownService, "a tombstoned operator, to no AVS", by: asking) {
                    $0.tombstone(0)
                    return .optIn(Fixture.noService)
                },
                OutcomeRow(.tombstoned, "who has left, and then was tombstoned", by: asking) {
                    $0.exit(0)
                    $0.tombstone(0)
                    return .optIn(home)
                },
                OutcomeRow(.exited, "who has left, to an AVS that is no more", by: asking) {
                    $0.exit(0)
                    $0.end(0)
                    return .optIn(home)
                },
                OutcomeRow(.defunct, "a member of it", by: asking) {
                    $0.end(0)
                    return .optIn(home)
                },
                OutcomeRow(.alreadyOptedIn, "a member", by: asking, .optIn(home)),
                OutcomeRow(.notAdmitted, "who was expelled in this epoch", by: asking, with: byList) {
                    #expect($0.coordinator(0, .expel(OperatorIndex(0))) == .applied)
                    return .optIn(home)
                },
                OutcomeRow(.coolingDown, "who opted out in this epoch", by: asking) {
                    #expect($0.signer(0, .optOut(home)) == .applied)
                    return .optIn(home)
                },
                OutcomeRow(
                    .applied, "who has never been a member", by: asking,
                    with: { $0.services[0].optedIn.removeFirst() }, .optIn(home)),
            ]),
        OutcomeList(
            "optOut", by: .operator,
            rows: [
                OutcomeRow(.notAuthorized, "a restaker, of no AVS", by: Role.restaker.key, .optOut(Fixture.noService)),
                OutcomeRow(.unknownService, "a tombstoned operator, of no AVS", by: asking) {
                    $0.tombstone(0)
                    return .optOut(Fixture.noService)
                },
                OutcomeRow(.tombstoned, "who has left, and then was tombstoned", by: asking) {
                    $0.exit(0)
                    $0.tombstone(0)
                    return .optOut(home)
                },
                OutcomeRow(.exited, "who has left, and so is no member", by: asking) {
                    $0.exit(0)
                    return .optOut(home)
                },
                OutcomeRow(
                    .notOptedIn, "who is no member", by: asking, with: { $0.services[0].optedIn.removeFirst() },
                    .optOut(home)),
                OutcomeRow(.applied, "a member", by: asking, .optOut(home)),
            ]),
        OutcomeList(
            "unjail", by: .operator,
            rows: [
                OutcomeRow(.notAuthorized, "a restaker, of no AVS", by: Role.restaker.key, .unjail(Fixture.noService)),
                OutcomeRow(.unknownService, "a tombstoned operator, of no AVS", by: asking) {
                    $0.tombstone(0)
                    return .unjail(Fixture.noService)
                },
                OutcomeRow(.tombstoned, "who has left, and then was tombstoned", by: asking) {
                    $0.exit(0)
                    $0.tombstone(0)
                    return .unjail(home)
                },
                OutcomeRow(.exited, "who has left, and is not jailed", by: asking) {
                    $0.exit(0)
                    return .unjail(home)
                },
                OutcomeRow(.notJailed, "who is not jailed", by: asking, .unjail(home)),
                OutcomeRow(.termNotOver, "an epoch too early", by: Fixture.operatorKeys[3], with: strict) {
                    $0.settleTasks(0..<4, by: [0, 1, 2])
                    $0.open(epoch: 2)
                    return .unjail(home)
                },
                OutcomeRow(.applied, "after the term", by: Fixture.operatorKeys[3], with: strict) {
                    $0.settleTasks(0..<4, by: [0, 1, 2])
                    $0.open(epoch: 3)
                    return .unjail(home)
                },
            ]),
        OutcomeList(
            "exit", by: .operator,
            rows: [
                OutcomeRow(.notAuthorized, "a restaker", by: Role.restaker.key, .exit),
                OutcomeRow(.tombstoned, "who has left, and then was tombstoned", by: asking) {
                    $0.exit(0)
                    $0.tombstone(0)
                    return .exit
                },
                OutcomeRow(.exited, "who has left", by: asking) {
                    $0.exit(0)
                    return .exit
                },
                OutcomeRow(.applied, "an operator", by: asking, .exit),
            ]),
    ]

    private static let allocation = [
        OutcomeList(
            "allocate", by: .operator,
            rows: [
                OutcomeRow(
                    .notAuthorized, "a restaker, of no asset", by: Role.restaker.key,
                    .allocate(home, Fixture.nowhere, .whole)),
                OutcomeRow(
                    .unknownAsset, "of no asset, to no AVS", by: asking,
                    .allocate(Fixture.noService, Fixture.nowhere, .whole)),
                OutcomeRow(.unknownService, "a tombstoned operator, to no AVS", by: asking) {
                    $0.tombstone(0)
                    return .allocate(Fixture.noService, .native, .whole)
                },
                OutcomeRow(.tombstoned, "who has left, and then was tombstoned", by: asking) {
                    $0.exit(0)
                    $0.tombstone(0)
                    return .allocate(home, .native, .whole)
                },
                OutcomeRow(.exited, "who has left, where there are no parts", by: asking) {
                    $0.exit(0)
                    return .allocate(home, .native, .whole)
                },
                OutcomeRow(
                    .notAllocatable, "where there are no parts", by: asking, .allocate(home, .native, .whole)),
                OutcomeRow(
                    .beyondWhole, "a part of what the other AVS has", by: asking, with: unique,
                    .allocate(home, .native, Magnitude(1)!)),
                OutcomeRow(
                    .applied, "less for who has it", by: asking, with: unique,
                    .allocate(ServiceID(1), .native, .zero)),
            ])
    ]

    private static let admission = [
        OutcomeList(
            "admit", by: .coordinator,
            rows: [
                OutcomeRow(.notAuthorized, "an operator", by: asking, .admit(Fixture.nobody)),
                OutcomeRow(.coordinatorRevoked, "nobody", by: Role.coordinator.key) {
                    $0.revokeCoordinator()
                    return .admit(Fixture.nobody)
                },
                OutcomeRow(.unknownSigner, "nobody, to an AVS that is no more", by: Role.coordinator.key) {
                    $0.end(0)
                    return .admit(Fixture.nobody)
                },
                OutcomeRow(.tombstoned, "who has left, and then was tombstoned", by: Role.coordinator.key) {
                    $0.exit(0)
                    $0.tombstone(0)
                    return .admit(OperatorIndex(0))
                },
                OutcomeRow(.exited, "who has left, to an AVS that is no more", by: Role.coordinator.key) {
                    $0.exit(0)
                    $0.end(0)
                    return .admit(OperatorIndex(0))
                },
                OutcomeRow(.defunct, "whom it has admitted", by: Role.coordinator.key) {
                    $0.end(0)
                    return .admit(OperatorIndex(0))
                },
                OutcomeRow(
                    .alreadyAdmitted, "who is on the list", by: Role.coordinator.key, with: byList,
                    .admit(OperatorIndex(1))),
                OutcomeRow(
                    .alreadyAdmitted, "where everyone is admitted", by: Role.coordinator.key, .admit(OperatorIndex(1))),
                OutcomeRow(
                    .applied, "who is not on the list", by: Role.coordinator.key, with: byList,
                    .admit(OperatorIndex(3))),
            ]),
        OutcomeList(
            "expel", by: .coordinator,
            rows: [
                OutcomeRow(.notAuthorized, "an operator", by: asking, .expel(Fixture.nobody)),
                OutcomeRow(.coordinatorRevoked, "nobody", by: Role.coordinator.key) {
                    $0.revokeCoordinator()
                    return .expel(Fixture.nobody)
                },
                OutcomeRow(
                    .unknownSigner, "nobody, where there is no list", by: Role.coordinator.key, .expel(Fixture.nobody)),
                OutcomeRow(
                    .notAdmitted, "who is not on the list", by: Role.coordinator.key, with: byList,
                    .expel(OperatorIndex(3))),
                OutcomeRow(.notAdmitted, "where there is no list", by: Role.coordinator.key, .expel(OperatorIndex(1))),
                OutcomeRow(
                    .applied, "who is on the list", by: Role.coordinator.key, with: byList, .expel(OperatorIndex(0))),
            ]),
    ]
}
