import Faults
import Messages
import Primitives

extension Topology {
    /// What a run's command line says instead of the file; nil leaves the file's word.
    package struct Overrides: Hashable, Sendable {
        package var seed: UInt64?
        package var tasks: UInt64?
        package var rate: Rate?
        /// How long tasks are issued; not together with `tasks`.
        package var duration: Duration?

        package init(seed: UInt64? = nil, tasks: UInt64? = nil, rate: Rate? = nil, duration: Duration? = nil) {
            self.seed = seed
            self.tasks = tasks
            self.rate = rate
            self.duration = duration
        }
    }

    /// Applies to every service alike.
    /// - Throws: a mistake when the load would be none or too much, or would end before a fault's first task.
    package func overridden(by overrides: Overrides) throws(GrammarMistake) -> Topology {
        if overrides.tasks != nil, overrides.duration != nil {
            throw GrammarMistake("tasks and duration both say when the load ends; give one of them")
        }
        var result = self
        result.seed = overrides.seed ?? seed
        for index in services.indices {
            var load = services[index].load
            load.rate = overrides.rate ?? load.rate
            load.tasks = overrides.tasks ?? overrides.duration.map { load.rate.tasks(within: $0) } ?? load.tasks
            guard (1...TopologyReader.maximumTasks).contains(load.tasks) else {
                throw GrammarMistake("\(load.tasks) tasks are not within 1 to \(TopologyReader.maximumTasks)")
            }
            guard let span = load.rate.span(of: load.tasks), span <= .longest else {
                throw GrammarMistake("\(load.tasks) tasks at \(load.rate) take longer than 8760h")
            }
            result.services[index].load = load
        }
        for fault in faults {
            guard case .task(let first) = fault.begins, let last = result.lastTask(for: fault) else { continue }
            guard first <= last else {
                throw GrammarMistake(
                    "the load ends with task \(last), before the fault of \(name(of: fault.party)) at task \(first)")
            }
        }
        return result
    }

    /// The last task in which the fault's operator could misbehave.
    private func lastTask(for fault: FaultPlan) -> TaskSequence? {
        let reached = services.indices.filter { index in
            if let service = fault.service { return Int(service.number) == index }
            guard case .signer(let signer) = fault.party else { return false }
            return services[index].operators.contains(signer)
        }
        return reached.map { services[$0].load.tasks }.max().map { TaskSequence($0 - 1) }
    }
}
