import Messages
import Node
import Primitives
import Services
import TopologyFormat

/// Tasks that somebody submits.
extension ClusterControl {
    func submit(
        _ text: String, to name: String, waits: Bool, _ reply: @Sendable (ControlReply) -> Void
    ) async throws(GrammarMistake) {
        let services = topology.services.indices.map {
            (word: topology.services[$0].name, value: ServiceID(UInt32($0)))
        }
        let service = try ScalarGrammar<ServiceID>.choice("a service", of: services).parse(name)
        let plan = topology.services[Int(service.number)]
        guard let module = ModuleCatalogue.module(named: plan.module) else { return }
        let payload: [UInt8]
        do throws(PayloadMistake) {
            payload = try module.payload(fromText: text)
        } catch {
            throw GrammarMistake(error.description)
        }
        guard payload.count <= ServiceTask.payloadLimit else {
            throw GrammarMistake(
                "a payload of \(payload.count) bytes; a task has room for \(ServiceTask.payloadLimit)")
        }
        for await answer in desk.place(.submit(service, payload: payload)) {
            switch answer {
            case .task(.issued(let sequence)):
                reply(.issued(service: name, sequence: sequence.number))
                // What becomes of it nobody waits for; the network closes it all the same.
                if !waits { return }
            case .task(.refused(let reason)): reply(.refused("\(name) takes no task: \(reason)"))
            case .task(.certified(let task)): reply(.task(await outcome(of: task, plan, module)))
            case .task(.expired(let task)): reply(.task(outcome(of: task, plan)))
            default: if let other = translated(answer) { reply(other) }
            }
        }
    }

    private func outcome(
        of task: TaskReport.Certified, _ plan: ServicePlan, _ module: any ServiceModule
    ) async -> TaskOutcome {
        var result: [UInt8]?
        for await answer in desk.place(.tellResult(task: task.task, from: task.signers)) {
            if case .result(let bytes) = answer { result = bytes }
        }
        var outcome = TaskOutcome(
            service: plan.name, sequence: task.sequence.number, outcome: "certified",
            signers: task.signers.map(signer), signedLamports: "\(task.signed.number)",
            totalLamports: "\(task.total.number)", quorumLamports: "\(plan.threshold.quorum(of: task.total).number)",
            threshold: "\(plan.threshold)")
        outcome.result = result.map { module.text(ofResult: $0) }
        outcome.resultHex = result.map { Hexadecimal.encode($0) }
        outcome.resultDigest = "\(task.result)"
        outcome.latencyMs = task.latency.inMilliseconds
        return outcome
    }

    private func outcome(of task: TaskReport.Expired, _ plan: ServicePlan) -> TaskOutcome {
        TaskOutcome(
            service: plan.name, sequence: task.sequence.number, outcome: "expired",
            signers: task.voters.map(signer), signedLamports: "\(task.voted.number)",
            totalLamports: "\(task.total.number)", quorumLamports: "\(plan.threshold.quorum(of: task.total).number)",
            threshold: "\(plan.threshold)")
    }

    private func signer(_ index: OperatorIndex) -> TaskOutcome.Signer {
        TaskOutcome.Signer(
            name: topology.name(of: index), stakeLamports: "\(topology.stakesAtGenesis[Int(index.number)].number)")
    }
}

extension Fraction {
    /// The least stake that is strictly more than this share.
    func quorum(of total: Lamports) -> Lamports {
        Lamports(Arithmetic.multiplyDivide(total.number, numerator, by: denominator, rounding: .down) + 1)
    }
}
