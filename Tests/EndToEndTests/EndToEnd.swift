import Testing

/// Whole networks of real processes, one after the other: several at once would starve each other on a small machine.
@Suite(.serialized) enum EndToEnd {}

/// Commands that start no network: nobody waits for them, so that they may run beside whatever else computes.
@Suite enum Commands {}

/// Runs that most of their time wait for windows to close: three at once.
func forEachAtOnce<Item: Sendable>(
    _ items: [Item], _ body: @escaping @Sendable (Item) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for (place, item) in items.enumerated() {
            if place >= 3 { try await group.next() }
            group.addTask { try await body(item) }
        }
        try await group.waitForAll()
    }
}
