import Messages
import TopologyFormat

/// What a timeline can do to the restaking state, by the names that coverage counts it under.
enum StakeChange: String, CaseIterable, Sendable {
    case deposit, withdrawal, delegation, undelegation
    case emergencyExit = "emergency exit"
    case claim = "claim of rewards"
    case proposal, vote, dispute
    case disputeVote = "vote on a dispute"
    case client
    case commission
    case optIn = "opt-in"
    case optOut = "opt-out"
    case allocation
    case release = "release from jail"
    case exit = "operator's exit"
    case admission, expulsion, funding, letter
    case consumption = "letter consumed"
    case veto
    case rate = "exchange rate"
    case yield
    case motion = "council's motion"
    case clock = "epochs skipped"

    init(_ act: TimelinePlan.Act) {
        self =
            switch act {
            case .deposit: .deposit
            case .withdraw: .withdrawal
            case .delegate: .delegation
            case .undelegate: .undelegation
            case .emergencyExit: .emergencyExit
            case .claimRewards: .claim
            case .propose: .proposal
            case .vote: .vote
            case .dispute: .dispute
            case .registerClient: .client
            case .setCommission: .commission
            case .optIn: .optIn
            case .optOut: .optOut
            case .allocate: .allocation
            case .unjail: .release
            case .exit: .exit
            case .voteDisputes: .disputeVote
            case .admit: .admission
            case .expel: .expulsion
            case .fund: .funding
            case .post: .letter
            case .consume: .consumption
            case .cancelSlash: .veto
            case .setRate: .rate
            case .setYield: .yield
            case .councilList, .councilStatus, .councilRate, .councilDefunct: .motion
            case .forward: .clock
            }
    }

    /// - Returns: nil for what nodes and the clock ask for by themselves.
    init?(_ instruction: Instruction) {
        switch instruction {
        case .deposit: self = .deposit
        case .withdraw: self = .withdrawal
        case .delegate: self = .delegation
        case .undelegate: self = .undelegation
        case .emergencyExit: self = .emergencyExit
        case .claimRewards: self = .claim
        case .propose: self = .proposal
        case .vote: self = .vote
        case .dispute: self = .dispute
        case .registerClient: self = .client
        case .setCommission: self = .commission
        case .optIn: self = .optIn
        case .optOut: self = .optOut
        case .allocate: self = .allocation
        case .unjail: self = .release
        case .exit: self = .exit
        case .voteDispute: self = .disputeVote
        case .admit: self = .admission
        case .expel: self = .expulsion
        case .fund: self = .funding
        case .post: self = .letter
        case .consume: self = .consumption
        case .cancelSlash: self = .veto
        case .updateRate: self = .rate
        case .updateYield: self = .yield
        case .approve: self = .motion
        case .advance, .registerEndpoint, .submitEvidence, .submitCertificate, .claimParticipation:
            return nil
        }
    }
}
