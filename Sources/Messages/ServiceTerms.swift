import Cryptography
import Primitives

/// What an AVS takes from those who break its rules, and what becomes of it.
package struct SlashTerms: Hashable, Sendable {
    /// The share of the stake at fault that an equivocation costs, under a fixed policy.
    package var equivocation: Fraction
    /// The share that signing a wrong result costs, once it is proven.
    package var wrongResult: Fraction
    package var policy: Policy
    /// No epoch's offences cost an operator more than this share of what counted in it.
    package var cap: Fraction
    package var destination: Destination
    /// Who may cancel a pending slash, where the ledger has a veto window.
    package var resolver: PublicKey?

    package init(
        equivocation: Fraction = .basisPoints(500), wrongResult: Fraction = .zero, policy: Policy = .fixed,
        cap: Fraction = .one, destination: Destination = .burn, resolver: PublicKey? = nil
    ) {
        self.equivocation = equivocation
        self.wrongResult = wrongResult
        self.policy = policy
        self.cap = cap
        self.destination = destination
        self.resolver = resolver
    }

    package enum Policy: UInt8, Hashable, Sendable, BorshCodable, CaseIterable {
        /// The same share for each.
        case fixed = 0
        /// min((3k/n)^2, 1) for k offenders of n members in one epoch, settled when that epoch's evidence is closed.
        case correlated = 1
    }

    /// Where slashed funds go, but for the reporter's reward.
    package enum Destination: Hashable, Sendable {
        case burn
        case address(PublicKey)
        /// To the AVS that was harmed: its coordinator's key.
        case service
    }
}

/// What an AVS pays for its tasks, out of a budget of native SOL.
package struct RewardTerms: Hashable, Sendable {
    package var perTask: Lamports
    /// Where at least one task was settled in it.
    package var perEpoch: Lamports
    package var budget: Lamports

    package init(perTask: Lamports = .zero, perEpoch: Lamports = .zero, budget: Lamports = .zero) {
        self.perTask = perTask
        self.perEpoch = perEpoch
        self.budget = budget
    }
}

/// When an operator loses its seat for being absent.
package struct JailTerms: Hashable, Sendable {
    package static let windowLimit: UInt8 = 128

    /// Over so many settled tasks; 0: never.
    package var window: UInt8
    /// Who took part in fewer than this share of them is jailed.
    package var least: Fraction
    /// For so many epochs, until it asks to be released.
    package var epochs: UInt64

    package init(window: UInt8 = 100, least: Fraction = Fraction(1, over: 2)!, epochs: UInt64 = 2) {
        self.window = window
        self.least = least
        self.epochs = epochs
    }
}

/// Who may opt in to an AVS.
package enum Admission: Hashable, Sendable {
    case open
    /// Whom the AVS has admitted: these, and those it admits later.
    case list([OperatorIndex])
}

/// What comes of a challenge to a certified result.
package enum DisputeTerms: UInt8, Hashable, Sendable, BorshCodable, CaseIterable {
    /// The ledger executes the task again where the module lets it; otherwise operators vote, and the vote voids a
    /// result and slashes nobody.
    case void = 0
    /// The same, but a vote slashes whoever signed the result that it voids.
    case slash = 1
    /// There are no challenges.
    case none = 2
}

extension SlashTerms: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(equivocation)
        encoder.encode(wrongResult)
        encoder.encode(policy)
        encoder.encode(cap)
        encoder.encode(destination)
        encoder.encode(resolver)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        equivocation = try decoder.decode()
        wrongResult = try decoder.decode()
        policy = try decoder.decode()
        cap = try decoder.decode()
        destination = try decoder.decode()
        resolver = try decoder.decodeOptional()
    }
}

extension SlashTerms.Destination: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .burn: encoder.encode(UInt8(0))
        case .address(let key):
            encoder.encode(UInt8(1))
            encoder.encode(key)
        case .service: encoder.encode(UInt8(2))
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .burn
        case 1: self = .address(try decoder.decode())
        case 2: self = .service
        default: throw .unknownCase(type: "SlashTerms.Destination", value: value)
        }
    }
}

extension RewardTerms: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(perTask)
        encoder.encode(perEpoch)
        encoder.encode(budget)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        perTask = try decoder.decode()
        perEpoch = try decoder.decode()
        budget = try decoder.decode()
    }
}

extension JailTerms: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(window)
        encoder.encode(least)
        encoder.encode(epochs)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        window = try decoder.decode()
        least = try decoder.decode()
        epochs = try decoder.decode()
    }
}

extension Admission: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .open: encoder.encode(UInt8(0))
        case .list(let operators):
            encoder.encode(UInt8(1))
            encoder.encode(operators)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .open
        case 1: self = .list(try decoder.decode(limit: OperatorSet.memberLimit))
        default: throw .unknownCase(type: "Admission", value: value)
        }
    }
}
