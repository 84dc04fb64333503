import DequeModule
import Primitives

/// Who may work now. Whoever must wait is served in the order of asking.
struct Processors {
    private var free: Int?
    private var queue: Deque<Place> = []

    /// What a system's scheduler lets a process have before it looks for another one.
    static let slice = Duration.microseconds(1_500)

    init(_ cores: Cores) {
        free =
            switch cores {
            case .perNode: nil
            case .shared(let count): max(1, count)
            }
    }

    /// - Returns: whether there is a core for it, which has had nothing to do; else it is queued.
    mutating func ask(_ place: Place) -> Bool {
        guard let idle = free else { return true }
        guard idle > 0 else {
            queue.append(place)
            return false
        }
        free = idle - 1
        return true
    }

    /// A core is done with. - Returns: whose turn it is now, on that core.
    mutating func release() -> Place? {
        guard let idle = free else { return nil }
        if let next = queue.popFirst() { return next }
        free = idle + 1
        return nil
    }

    var isAnyoneWaiting: Bool { !queue.isEmpty }
}
