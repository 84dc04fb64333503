import Attesting
import Cryptography
import Messages
import Primitives
import Services

/// The executions that a node has asked for, so that another result can be made of the right one.
struct ExecutionMemory: Sendable {
    private var tasks: [Digest: (service: ServiceID, sequence: TaskSequence)] = [:]
    /// The digests of other results, once the right ones are here.
    private var altered: [Digest: Digest] = [:]
    private var order: [Digest] = []

    private static let limit = 4_096

    mutating func asked(_ execution: TaskExecution) {
        guard tasks.updateValue((execution.service, execution.sequence), forKey: execution.task) == nil else { return }
        order.append(execution.task)
        guard order.count > Self.limit else { return }
        let oldest = order.removeFirst()
        (tasks[oldest], altered[oldest]) = (nil, nil)
    }

    mutating func answered(_ task: Digest, _ result: [UInt8], in genesis: Genesis) {
        guard let other = self.other(than: result, for: task, in: genesis) else { return }
        altered[task] = Domain.resultDigest.digest(other)
    }

    subscript(task: Digest) -> (service: ServiceID, sequence: TaskSequence)? { tasks[task] }

    /// The digest of another result than its own; nil while there is none.
    func alteredResult(of task: Digest) -> Digest? { altered[task] }

    /// What a later version of the AVS's module, with a mistake in it, gives in the place of the right result.
    func other(than result: [UInt8], for task: Digest, in genesis: Genesis) -> [UInt8]? {
        tasks[task].flatMap { ModuleCatalogue.module(named: genesis.services[Int($0.service.number)].module) }?
            .altered(result)
    }

    func checkInvariants() {
        precondition(tasks.count == order.count, "remembered executions are counted")
        precondition(tasks.count <= Self.limit, "remembered executions are limited")
    }
}
