import Cryptography
import Primitives

/// The rules of one ledger, from genesis on.
package struct LedgerParameters: Hashable, Sendable {
    package var slotDuration: Duration
    package var slotsPerEpoch: UInt64
    package var unbondingEpochs: UInt64
    /// The share of a slash that whoever submitted the evidence earns.
    package var reporterReward: Fraction
    /// What evidence that proves nothing costs its submitter, as far as its native stake carries it.
    package var badEvidenceFee: Lamports
    package var allocation: AllocationPolicy
    /// From a proven offence until its slash is executed, unless it is cancelled; 0: at once. No more than unbonding.
    package var vetoSlots: UInt64
    /// Of what the native pool yields.
    package var protocolFee: BasisPoints
    /// Of native SOL; an operator with less has no seat.
    package var minimumSelfDelegation: Lamports
    /// By how much an operator may raise its commission at once.
    package var commissionStep: BasisPoints
    package var governance: GovernanceTerms
    package var disputes: DisputeRules
    package var release: ReleasePlan

    package init(
        slotDuration: Duration, slotsPerEpoch: UInt64, unbondingEpochs: UInt64,
        reporterReward: Fraction = .basisPoints(500), badEvidenceFee: Lamports = Lamports(5_000),
        allocation: AllocationPolicy = .shared, vetoSlots: UInt64 = 0, protocolFee: BasisPoints = BasisPoints(700)!,
        minimumSelfDelegation: Lamports = .zero, commissionStep: BasisPoints = BasisPoints(2_500)!,
        governance: GovernanceTerms = GovernanceTerms(), disputes: DisputeRules = DisputeRules(),
        release: ReleasePlan = ReleasePlan()
    ) {
        self.slotDuration = slotDuration
        self.slotsPerEpoch = slotsPerEpoch
        self.unbondingEpochs = unbondingEpochs
        self.reporterReward = reporterReward
        self.badEvidenceFee = badEvidenceFee
        self.allocation = allocation
        self.vetoSlots = vetoSlots
        self.protocolFee = protocolFee
        self.minimumSelfDelegation = minimumSelfDelegation
        self.commissionStep = commissionStep
        self.governance = governance
        self.disputes = disputes
        self.release = release
    }
}

/// How much of an operator's stake secures each AVS that it has opted in to.
package enum AllocationPolicy: UInt8, Hashable, Sendable, BorshCodable, CaseIterable {
    /// All of it, every AVS.
    case shared = 0
    /// Parts that together never exceed the whole: what one AVS slashes secures no other.
    case unique = 1
    /// Parts that may together exceed the whole: what one AVS slashes is lost to the others only where the rest cannot
    /// be stretched to their parts.
    case elastic = 2
}

/// The council, and the vote on new assets.
package struct GovernanceTerms: Hashable, Sendable {
    package static let councilLimit = 64

    package var council: [PublicKey]
    /// So many of them carry a motion.
    package var quorum: UInt32
    /// The share of the votes cast that accepts a proposal.
    package var acceptance: Fraction
    /// A proposal is voted on until so many epochs after its own. No more than unbonding, so that stake votes once.
    package var votingEpochs: UInt64

    package init(
        council: [PublicKey] = [], quorum: UInt32 = 3, acceptance: Fraction = Fraction(7, over: 10)!,
        votingEpochs: UInt64 = 1
    ) {
        self.council = council
        self.quorum = quorum
        self.acceptance = acceptance
        self.votingEpochs = votingEpochs
    }
}

/// What a challenge to a certified result costs, and how long operators vote on it.
package struct DisputeRules: Hashable, Sendable {
    package var bond: Lamports
    package var votingEpochs: UInt64

    package init(bond: Lamports = Lamports(Lamports.perSOL), votingEpochs: UInt64 = 1) {
        self.bond = bond
        self.votingEpochs = votingEpochs
    }
}

/// What is switched on when: a network that goes live in stages.
package struct ReleasePlan: Hashable, Sendable {
    package static let capLimit = 64

    /// Operators can be delegated to from here on.
    package var operators: Epoch
    /// AVSs have operator sets from here on.
    package var services: Epoch
    /// Offences of earlier epochs cost nothing.
    package var slashing: Epoch
    /// The most that may be deposited in all, from an epoch on; in ascending order of epochs.
    package var caps: [DepositCap]

    package init(
        operators: Epoch = Epoch(0), services: Epoch = Epoch(0), slashing: Epoch = Epoch(0), caps: [DepositCap] = []
    ) {
        self.operators = operators
        self.services = services
        self.slashing = slashing
        self.caps = caps
    }

    package struct DepositCap: Hashable, Sendable {
        package var from: Epoch
        package var value: Lamports

        package init(from: Epoch, value: Lamports) {
            self.from = from
            self.value = value
        }
    }

    /// - Returns: nil when there is none.
    package func cap(in epoch: Epoch) -> Lamports? { caps.last { $0.from <= epoch }?.value }
}

extension LedgerParameters: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(slotDuration)
        encoder.encode(slotsPerEpoch)
        encoder.encode(unbondingEpochs)
        encoder.encode(reporterReward)
        encoder.encode(badEvidenceFee)
        encoder.encode(allocation)
        encoder.encode(vetoSlots)
        encoder.encode(protocolFee)
        encoder.encode(minimumSelfDelegation)
        encoder.encode(commissionStep)
        encoder.encode(governance)
        encoder.encode(disputes)
        encoder.encode(release)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        slotDuration = try decoder.decode()
        slotsPerEpoch = try decoder.decode()
        unbondingEpochs = try decoder.decode()
        reporterReward = try decoder.decode()
        badEvidenceFee = try decoder.decode()
        allocation = try decoder.decode()
        vetoSlots = try decoder.decode()
        protocolFee = try decoder.decode()
        minimumSelfDelegation = try decoder.decode()
        commissionStep = try decoder.decode()
        governance = try decoder.decode()
        disputes = try decoder.decode()
        release = try decoder.decode()
        guard slotDuration > .zero, slotsPerEpoch > 0, unbondingEpochs > 0 else {
            throw .invalid(type: "LedgerParameters", reason: "slots, epochs and unbonding must be longer than 0")
        }
    }
}

extension GovernanceTerms: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(council)
        encoder.encode(quorum)
        encoder.encode(acceptance)
        encoder.encode(votingEpochs)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        council = try decoder.decode(limit: Self.councilLimit)
        quorum = try decoder.decode()
        acceptance = try decoder.decode()
        votingEpochs = try decoder.decode()
    }
}

extension DisputeRules: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(bond)
        encoder.encode(votingEpochs)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        bond = try decoder.decode()
        votingEpochs = try decoder.decode()
    }
}

extension ReleasePlan: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(operators)
        encoder.encode(services)
        encoder.encode(slashing)
        encoder.encode(caps)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        operators = try decoder.decode()
        services = try decoder.decode()
        slashing = try decoder.decode()
        caps = try decoder.decode(limit: Self.capLimit)
    }
}

extension ReleasePlan.DepositCap: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(from)
        encoder.encode(value)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        from = try decoder.decode()
        value = try decoder.decode()
    }
}
