import Faults
import Messages
import Primitives

extension Topology {
    /// What a run's command line says instead of the file; nil leaves the file's word.
    package struct Overrides: Hashable, Sendable {
        package var seed: UInt64?
        package var tasks: UInt64?
        package var rate: Rate?
        /// Makes every load a closed loop; not together with `rate`, which makes every load an open one.
        package var inFlight: UInt64?
        /// How long tasks are issued; not together with `tasks`.
        package var duration: Duration?

        package init(
            seed: UInt64? = nil, tasks: UInt64? = nil, rate: Rate? = nil, inFlight: UInt64? = nil,
            duration: Duration? = nil
        ) {
            self.seed = seed
            self.tasks = tasks
            self.rate = rate
            self.inFlight = inFlight
            self.duration = duration
        }
    }

    /// Applies to every service alike.
    /// - Throws: a mistake when the load would be none or too much, or would end before a fault's first task.
    package func overridden(by overrides: Overrides) throws(GrammarMistake) -> Topology {
        if overrides.tasks != nil, overrides.duration != nil {
            throw GrammarMistake("tasks and duration both say when the load ends; give one of them")
        }
        if overrides.rate != nil, overrides.inFlight != nil {
            throw GrammarMistake("rate makes an open loop and in-flight a closed one; give one of them")
        }
        var result = self
        result.seed = overrides.seed ?? seed
        for index in services.indices {
            result.services[index].load = try services[index].load.overridden(by: overrides)
        }
        let length = result.services.compactMap { $0.load.rate?.span(of: $0.load.tasks) }.max()
        if let chaos, let message = length.flatMap(chaos.tooOften) { throw GrammarMistake("chaos.every: \(message)") }
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

extension LoadPlan {
    fileprivate func overridden(by overrides: Topology.Overrides) throws(GrammarMistake) -> LoadPlan {
        var load = self
        if let inFlight = overrides.inFlight { load.pacing = .closed(inFlight: inFlight, lasting: nil) }
        if let rate = overrides.rate {
            // An open loop's arrivals stay what they are.
            if case .open(_, let arrival) = load.pacing {
                load.pacing = .open(rate, arrival)
            } else {
                load.pacing = .open(rate, .fixed)
            }
        }
        load.tasks = overrides.tasks ?? load.tasks
        if let duration = overrides.duration {
            switch load.pacing {
            case .open(let rate, _): load.tasks = rate.tasks(within: duration)
            // How many they are is for the network to say.
            case .closed(let inFlight, _):
                load.tasks = TopologyReader.maximumTasks
                load.pacing = .closed(inFlight: inFlight, lasting: duration)
            }
        }
        guard (1...TopologyReader.maximumTasks).contains(load.tasks) else {
            throw GrammarMistake("\(load.tasks) tasks are not within 1 to \(TopologyReader.maximumTasks)")
        }
        if let rate = load.rate, rate.span(of: load.tasks).map({ $0 > .longest }) ?? true {
            throw GrammarMistake("\(load.tasks) tasks at \(rate) take longer than 8760h")
        }
        return load
    }
}
