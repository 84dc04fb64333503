import Links
import Messages
import NIOCore

/// How a node's links to all others are at present, and since when nothing gets through to or from some of them.
struct LinkTable {
    private let links: OutboundLinks
    private var states: [Party: LinkState] = [:]
    private var timeLimits: [Party: Scheduled<Void>] = [:]

    init(_ links: OutboundLinks) { self.links = links }

    func state(to party: Party) -> LinkState { states[party] ?? LinkState(terms: links.terms(to: party)) }

    func isCut(_ party: Party) -> Bool { states[party]?.isCut ?? false }

    /// - Parameter limit: makes the time limit of a connection on which nothing gets through; asked when that begins.
    mutating func update(_ party: Party, to state: LinkState, limit: () -> Scheduled<Void>) {
        states[party] = state
        if state.isCut {
            if timeLimits[party] == nil { timeLimits[party] = limit() }
        } else {
            timeLimits.removeValue(forKey: party)?.cancel()
        }
    }

    mutating func close() {
        for limit in timeLimits.values { limit.cancel() }
        timeLimits = [:]
    }
}
