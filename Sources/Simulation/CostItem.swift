/// One of the figures of a `CostModel`, by the name that cost files give it.
package enum CostItem: String, CaseIterable, Hashable, Sendable {
    case rouse, wake, turn, receive, handle, send, flush, sign, verify, execute
    case guardWrite = "guard_write"
    case guardFlush = "guard_flush"
    case guardSync = "guard_sync"
    case apply, commit, transit

    package var key: String { rawValue + "_ns" }

    /// What is paid for, in a few words.
    package var account: String {
        switch self {
        case .rouse: "waits: for a core that has had nothing to do"
        case .wake: "a node that has had nothing to do"
        case .turn: "a turn, its record written out"
        case .receive: "a frame, read and decoded"
        case .handle: "an event, handled and recorded"
        case .send: "a frame to one recipient"
        case .flush: "a connection, at the end of a turn"
        case .sign: "a signature"
        case .verify: "a signature, checked"
        case .execute: "a task, executed"
        case .guardWrite: "a write to the guard file"
        case .guardFlush: "a sync of the guard file"
        case .guardSync: "waits: for that sync"
        case .apply: "an instruction, applied"
        case .commit: "waits: until the disk has the ledger's log"
        case .transit: "waits: from the flush to the reader"
        }
    }
}

extension CostModel {
    package subscript(item: CostItem) -> Duration {
        get { self[keyPath: Self.path(of: item)] }
        set { self[keyPath: Self.path(of: item)] = newValue }
    }

    private static func path(of item: CostItem) -> WritableKeyPath<CostModel, Duration> {
        switch item {
        case .rouse: \.rouse
        case .wake: \.wake
        case .turn: \.turn
        case .receive: \.receive
        case .handle: \.handle
        case .send: \.send
        case .flush: \.flush
        case .sign: \.sign
        case .verify: \.verify
        case .execute: \.execute
        case .guardWrite: \.guardWrite
        case .guardFlush: \.guardFlush
        case .guardSync: \.guardSync
        case .apply: \.apply
        case .commit: \.commit
        case .transit: \.transit
        }
    }
}
