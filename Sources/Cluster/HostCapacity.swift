import Glibc
import TopologyFormat

/// Whether this machine can carry a real run of a topology.
package enum HostCapacity {
    package static let largestNetwork = 200
    /// Both ends of two pipes, a log and a process descriptor while a child is started, and all may start at once. With
    /// some to spare: the library that starts them waits for ever where it runs out.
    private static let descriptorsPerProcess = 8
    private static let descriptorsBesides = 64

    /// Raises this process' limit of open files where that is needed and allowed; the children inherit it.
    package static func prepare(for topology: Topology) throws(HostCapacityError) {
        guard topology.operators.count <= largestNetwork else {
            throw .tooManyOperators(topology.operators.count)
        }
        try prepare(forProcesses: processes(of: topology))
    }

    /// For any of them, so many at once.
    package static func prepare(for topologies: [Topology], atOnce count: Int) throws(HostCapacityError) {
        let sizes = topologies.filter { $0.operators.count <= largestNetwork }.map(processes).sorted(by: >)
        try prepare(forProcesses: sizes.prefix(count).reduce(0, +))
    }

    private static func processes(of topology: Topology) -> Int {
        1 + topology.services.count + topology.operators.count
    }

    private static func prepare(forProcesses processes: Int) throws(HostCapacityError) {
        let needed = rlim_t(descriptorsBesides + descriptorsPerProcess * processes)
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < needed else {
            return
        }
        guard limit.rlim_max >= needed else { throw .tooFewDescriptors(needed: needed, allowed: limit.rlim_max) }
        limit.rlim_cur = needed
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw .tooFewDescriptors(needed: needed, allowed: limit.rlim_max)
        }
    }
}

package enum HostCapacityError: Error, Hashable, Sendable {
    case tooManyOperators(Int)
    case tooFewDescriptors(needed: rlim_t, allowed: rlim_t)
}

extension HostCapacityError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooManyOperators(let count):
            "\(count) operators are too many processes for one machine; a real run takes at most "
                + "\(HostCapacity.largestNetwork)"
        case .tooFewDescriptors(let needed, let allowed):
            "the run needs \(needed) open files, and this process may have \(allowed); raise it with ulimit -n \(needed)"
        }
    }
}
