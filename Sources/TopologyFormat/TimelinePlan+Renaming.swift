import Messages
import Primitives

extension TimelinePlan {
    /// Whoever is called otherwise in another topology; nil for whoever is not in it.
    package struct Renaming {
        let signer: (OperatorIndex) -> OperatorIndex?
        let service: (ServiceID) -> ServiceID?
        let restaker: (RestakerIndex) -> RestakerIndex?

        package init(
            signer: @escaping (OperatorIndex) -> OperatorIndex?, service: @escaping (ServiceID) -> ServiceID?,
            restaker: @escaping (RestakerIndex) -> RestakerIndex?
        ) {
            self.signer = signer
            self.service = service
            self.restaker = restaker
        }

        package func account(_ account: Account) -> Account? {
            switch account {
            case .restaker(let index): restaker(index).map { .restaker($0) }
            case .signer(let index): signer(index).map { .signer($0) }
            }
        }
    }

    /// - Returns: nil where it is about somebody who is not there.
    package func renamed(_ names: Renaming) -> TimelinePlan? {
        guard let act = act.renamed(names) else { return nil }
        var plan = self
        plan.act = act
        if case .task(let service, let sequence) = at {
            guard let service = names.service(service) else { return nil }
            plan.at = .task(service, sequence)
        }
        return plan
    }
}

extension TimelinePlan.Act {
    fileprivate func renamed(_ names: TimelinePlan.Renaming) -> Self? {
        switch self {
        case .deposit, .withdraw, .delegate, .undelegate, .emergencyExit, .claimRewards, .propose, .vote, .dispute:
            renamedForRestaker(names)
        case .registerClient(let signer, let client): names.signer(signer).map { .registerClient($0, client) }
        case .setCommission(let signer, let rate): names.signer(signer).map { .setCommission($0, rate) }
        case .optIn(let signer, let service): both(names, signer, service) { .optIn($0, $1) }
        case .optOut(let signer, let service): both(names, signer, service) { .optOut($0, $1) }
        case .unjail(let signer, let service): both(names, signer, service) { .unjail($0, $1) }
        case .allocate(let signer, let part):
            both(names, signer, part.service) { .allocate($0, AllocationPlan(service: $1, share: part.share)) }
        case .exit(let signer): names.signer(signer).map { .exit($0) }
        case .voteDisputes(let signer, let voids): names.signer(signer).map { .voteDisputes($0, voids: voids) }
        case .admit(let service, let signer): both(names, signer, service) { .admit($1, $0) }
        case .expel(let service, let signer): both(names, signer, service) { .expel($1, $0) }
        case .cancelSlash(let service, let signer): both(names, signer, service) { .cancelSlash($1, of: $0) }
        case .fund(let service, let amount): names.service(service).map { .fund($0, amount) }
        case .consume(let service): names.service(service).map { .consume($0) }
        case .post(let service, let sequence, let recipient):
            names.service(service).flatMap { service in
                names.service(recipient).map { .post(service, sequence, to: $0) }
            }
        case .councilDefunct(let service): names.service(service).map { .councilDefunct($0) }
        case .setRate, .setYield, .councilList, .councilStatus, .councilRate, .forward: self
        }
    }

    private func renamedForRestaker(_ names: TimelinePlan.Renaming) -> Self? {
        switch self {
        case .deposit(let account, let amount): names.account(account).map { .deposit($0, amount) }
        case .withdraw(let account, let quantity): names.account(account).map { .withdraw($0, quantity) }
        case .delegate(let account, let quantity, let signer):
            with(names, account, signer) { .delegate($0, quantity, to: $1) }
        case .undelegate(let account, let quantity, let signer):
            with(names, account, signer) { .undelegate($0, quantity, from: $1) }
        case .emergencyExit(let account, let asset, let signer):
            with(names, account, signer) { .emergencyExit($0, asset, from: $1) }
        case .claimRewards(let account): names.account(account).map { .claimRewards($0) }
        case .propose(let account, let plan): names.account(account).map { .propose($0, plan) }
        case .vote(let account, let asset, let accepts):
            names.account(account).map { .vote($0, asset, accepts: accepts) }
        case .dispute(let account, let service, let sequence):
            names.account(account).flatMap { account in
                names.service(service).map { .dispute(account, $0, sequence) }
            }
        default: self
        }
    }

    private func both(
        _ names: TimelinePlan.Renaming, _ signer: OperatorIndex, _ service: ServiceID,
        _ make: (OperatorIndex, ServiceID) -> Self
    ) -> Self? {
        names.signer(signer).flatMap { signer in names.service(service).map { make(signer, $0) } }
    }

    private func with(
        _ names: TimelinePlan.Renaming, _ account: TimelinePlan.Account, _ signer: OperatorIndex,
        _ make: (TimelinePlan.Account, OperatorIndex) -> Self
    ) -> Self? {
        names.account(account).flatMap { account in names.signer(signer).map { make(account, $0) } }
    }
}
