import Cryptography
import Messages
import Primitives
import Restaking
import Services
import TopologyFormat

/// Makes instructions of what a timeline, or somebody at the command line, wants done: shares become amounts and names
/// become numbers by the ledger as it stands.
package struct TimelineResolution: Sendable {
    package let topology: Topology
    package let keys: NetworkKeys

    package init(topology: Topology, keys: NetworkKeys) {
        self.topology = topology
        self.keys = keys
    }

    /// One instruction and whose key signs it.
    package struct Step: Sendable {
        package var key: SigningKey
        package var instruction: Instruction

        package init(key: SigningKey, instruction: Instruction) {
            self.key = key
            self.instruction = instruction
        }
    }

    /// A task that has been certified, for whoever challenges or forwards its result.
    package struct CertifiedTask: Sendable {
        package var task: ServiceTask
        package var certificate: Certificate
        /// What the certificate's statement names the digest of; nil where nobody here can work it out.
        package var result: [UInt8]?

        package init(task: ServiceTask, certificate: Certificate, result: [UInt8]?) {
            self.task = task
            self.certificate = certificate
            self.result = result
        }
    }

    /// Why there is nothing to do, in words.
    package struct Obstacle: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
        package init(_ description: String) { self.description = description }
    }

    /// In the order in which they must be applied. The clock's moving on is none of them: it is its driver's to do.
    ///
    /// - Parameter find: a certified task, where the run has one.
    package func steps(
        of act: TimelinePlan.Act, in ledger: Ledger, find: (ServiceID, TaskSequence) -> CertifiedTask?
    ) throws(Obstacle) -> [Step] {
        switch act {
        case .deposit(let account, let amount):
            return [by(account, .deposit(try asset(amount.asset, in: ledger).asset, amount.units))]
        case .withdraw(let account, let quantity):
            let (view, asset) = (try view(of: account, in: ledger), try asset(quantity.asset, in: ledger).asset)
            let unbonded = view.unbonding.filter { $0.asset == asset && $0.freeFrom <= ledger.epoch && !$0.isHeld }
            let free = unbonded.reduce(view.idle(asset)) { $0 + $1.amount }
            return [by(account, .withdraw(asset, try amount(quantity, of: free, "free")))]
        case .delegate(let account, let quantity, let signer):
            let (view, asset) = (try view(of: account, in: ledger), try asset(quantity.asset, in: ledger).asset)
            return [by(account, .delegate(asset, try amount(quantity, of: view.idle(asset), "idle"), to: signer))]
        case .undelegate(let account, let quantity, let signer):
            let (view, asset) = (try view(of: account, in: ledger), try asset(quantity.asset, in: ledger).asset)
            let held = view.delegations.first { $0.asset == asset && $0.signer == signer }
            let all = held.map { $0.active + $0.activating } ?? .zero
            return [
                by(
                    account,
                    .undelegate(asset, try amount(quantity, of: all, "with \(topology.name(of: signer))"), from: signer)
                )
            ]
        case .emergencyExit(let account, let name, let signer):
            return [by(account, .emergencyExit(try asset(name, in: ledger).asset, from: signer))]
        case .claimRewards(let account): return [by(account, .claimRewards)]
        case .propose(let account, let plan):
            let place = topology.proposedAssets.firstIndex(of: plan)
            let authority = place.map { keys.proposedAuthorities[$0] } ?? keys.authorities[0]
            return [by(account, .propose(plan.terms(authority: authority.publicKey)))]
        case .vote(let account, let name, let accepts):
            return [by(account, .vote(try proposal(name, in: ledger), accepts: accepts))]
        case .dispute(let account, let service, let sequence):
            let found = try certified(find, service, sequence)
            return [by(account, .dispute(found.task, found.certificate.statement))]
        case .registerClient, .setCommission, .optIn, .optOut, .allocate, .unjail, .exit, .voteDisputes:
            return try operatorSteps(of: act, in: ledger)
        case .admit, .expel, .fund, .post, .consume, .cancelSlash:
            return try serviceSteps(of: act, in: ledger, find)
        case .setRate, .setYield, .councilList, .councilStatus, .councilRate, .councilDefunct:
            return try governanceSteps(of: act, in: ledger)
        case .forward: return []
        }
    }

    private func by(_ account: TimelinePlan.Account, _ instruction: Instruction) -> Step {
        Step(key: keys.key(of: account), instruction: instruction)
    }

    private func view(of account: TimelinePlan.Account, in ledger: Ledger) throws(Obstacle) -> RestakerView {
        guard let index = ledger.restaker(of: keys.key(of: account).publicKey) else {
            throw Obstacle("it has no restaking account: give it a stake or a deposit at the beginning")
        }
        return ledger.view(ofRestaker: index)
    }

    private func amount(
        _ quantity: TimelinePlan.Quantity, of all: Units, _ word: String
    ) throws(Obstacle) -> Units {
        switch quantity {
        case .amount(let amount): return amount.units
        case .share(let share, let asset):
            let part = all.scaled(by: share)
            guard part > .zero else { throw Obstacle("no \(asset) is \(word)") }
            return part
        }
    }

    private func certified(
        _ find: (ServiceID, TaskSequence) -> CertifiedTask?, _ service: ServiceID, _ sequence: TaskSequence
    ) throws(Obstacle) -> CertifiedTask {
        guard let found = find(service, sequence) else {
            throw Obstacle("task \(sequence) of \(topology.name(of: service)) is not certified")
        }
        return found
    }

    private func operatorSteps(of act: TimelinePlan.Act, in ledger: Ledger) throws(Obstacle) -> [Step] {
        func by(_ signer: OperatorIndex, _ instruction: Instruction) -> Step {
            Step(key: keys.signers[Int(signer.number)], instruction: instruction)
        }
        switch act {
        case .registerClient(let signer, let client): return [by(signer, .registerClient(client))]
        case .setCommission(let signer, let rate): return [by(signer, .setCommission(rate))]
        case .optIn(let signer, let service): return [by(signer, .optIn(service))]
        case .optOut(let signer, let service): return [by(signer, .optOut(service))]
        case .unjail(let signer, let service): return [by(signer, .unjail(service))]
        case .exit(let signer): return [by(signer, .exit)]
        case .allocate(let signer, let part):
            return ledger.assetViews.map { by(signer, .allocate(part.service, $0.asset, part.magnitude)) }
        case .voteDisputes(let signer, let voids):
            let disputes = ledger.openDisputes.filter { dispute in
                dispute.operatorSet?.index(of: signer).map { !dispute.voters.contains($0) } ?? false
            }
            guard !disputes.isEmpty else { throw Obstacle("no dispute is open that it could vote on") }
            return disputes.map { by(signer, .voteDispute($0.id, voids: voids)) }
        default: return []
        }
    }

    private func serviceSteps(
        of act: TimelinePlan.Act, in ledger: Ledger, _ find: (ServiceID, TaskSequence) -> CertifiedTask?
    ) throws(Obstacle) -> [Step] {
        func by(_ service: ServiceID, _ instruction: Instruction) -> Step {
            Step(key: keys.coordinators[Int(service.number)], instruction: instruction)
        }
        switch act {
        case .admit(let service, let signer): return [by(service, .admit(signer))]
        case .expel(let service, let signer): return [by(service, .expel(signer))]
        case .fund(let service, let amount): return [by(service, .fund(service, amount))]
        case .consume(let service):
            return [by(service, .consume(ledger.serviceViews[Int(service.number)].inboxFirst))]
        case .post(let service, let sequence, let recipient):
            let found = try certified(find, service, sequence)
            guard let result = found.result else {
                throw Obstacle("the result of task \(sequence) of \(topology.name(of: service)) is not at hand")
            }
            return [by(service, .post(Letter(recipient: recipient, body: result, certificate: found.certificate)))]
        case .cancelSlash(let service, let signer):
            let pending = ledger.pendingSlashRecords.filter {
                $0.signer == signer && $0.voteKey.service == service
            }
            guard !pending.isEmpty else {
                throw Obstacle("no slash of \(topology.name(of: signer)) by \(topology.name(of: service)) is pending")
            }
            let key = keys.resolvers[Int(service.number)]
            return pending.map { Step(key: key, instruction: .cancelSlash(offence: $0.offence)) }
        default: return []
        }
    }

    private func governanceSteps(of act: TimelinePlan.Act, in ledger: Ledger) throws(Obstacle) -> [Step] {
        switch act {
        case .setRate(let name, let change):
            let asset = try asset(name, in: ledger)
            return [Step(key: try authority(of: asset), instruction: .updateRate(asset.asset, try rate(change, asset)))]
        case .setYield(let validator, let plan):
            let yield = BaseYield(
                staking: plan.perEpoch(of: topology.ledger), mev: ledger.baseValidators[validator.place].yield.mev)
            return [Step(key: keys.authorities[0], instruction: .updateYield(validator, yield))]
        case .councilList(let name): return carry(.list(try proposal(name, in: ledger)), in: ledger)
        case .councilStatus(let name, let status):
            return carry(.setStatus(try asset(name, in: ledger).asset, status), in: ledger)
        case .councilRate(let name, let change):
            let asset = try asset(name, in: ledger)
            return carry(.setRate(asset.asset, try rate(change, asset)), in: ledger)
        case .councilDefunct(let service): return carry(.markDefunct(service), in: ledger)
        default: return []
        }
    }

    /// As many of the council as it takes, those first who have not approved yet.
    private func carry(_ motion: Motion, in ledger: Ledger) -> [Step] {
        let open = ledger.openMotions.first { $0.motion == motion }?.approvals ?? 0
        let fresh = keys.council.filter { !ledger.hasApproved(motion, $0.publicKey) }
        return fresh.prefix(Int(topology.ledger.council.quorum) - open).map {
            Step(key: $0, instruction: .approve(motion))
        }
    }

    private func asset(_ name: String, in ledger: Ledger) throws(Obstacle) -> AssetView {
        guard let view = ledger.assetViews.first(where: { $0.terms.name == name }) else {
            throw Obstacle("\(name) is not listed")
        }
        return view
    }

    /// The latest of this name.
    private func proposal(_ name: String, in ledger: Ledger) throws(Obstacle) -> ProposalID {
        guard let view = ledger.proposalViews.last(where: { $0.terms.name == name }) else {
            throw Obstacle("nobody has proposed \(name)")
        }
        return view.id
    }

    private func authority(of view: AssetView) throws(Obstacle) -> SigningKey {
        let all = keys.authorities + keys.proposedAuthorities
        guard let key = all.first(where: { $0.publicKey == view.terms.authority }) else {
            throw Obstacle("the key of \(view.terms.name)'s authority is not one of this run's")
        }
        return key
    }

    private func rate(_ change: TimelinePlan.RateChange, _ view: AssetView) throws(Obstacle) -> ExchangeRate {
        let number: UInt64
        switch change {
        case .to(let rate): return rate
        case .by(let share, let isFall):
            let part = Lamports(view.rate.number).scaled(by: share).number
            number = isFall ? view.rate.number - part : view.rate.number + part
        }
        guard let rate = ExchangeRate(number) else { throw Obstacle("that is no rate: \(number) lamports a token") }
        return rate
    }
}

extension TimelineResolution.CertifiedTask {
    /// - Parameter module: what works out the result, where it can be worked out here.
    package init(_ task: ServiceTask, _ certificate: Certificate, module: String) {
        var known: [UInt8]?
        if case .inProcess(let execute) = ModuleCatalogue.module(named: module)?.execution,
            case .result(let result) = execute(task.payload),
            Domain.resultDigest.digest(result) == certificate.statement.result
        {
            known = result
        }
        self.init(task: task, certificate: certificate, result: known)
    }
}

/// An entry of the timeline that came to nothing.
package struct TimelineObstacle: Hashable, Sendable {
    package var entry: Int
    package var reason: String

    package init(entry: Int, reason: String) {
        self.entry = entry
        self.reason = reason
    }
}

extension TimelineObstacle: CustomStringConvertible {
    package var description: String { "timeline[\(entry)]: \(reason)" }
}
