#if DEBUG
    import Messages

    /// What a guard that gathers has not written yet: the mistake `PlantedBug.signBeforeSync`. Whoever dies loses it.
    package struct GatheredEntries: Sendable {
        private static let limit = 16
        private var waiting: [GuardEntry] = []

        package init() {}

        /// - Returns: what is to be written now.
        package mutating func add(_ entries: [GuardEntry]) -> [GuardEntry] {
            waiting += entries
            guard waiting.count >= Self.limit else { return [] }
            defer { waiting = [] }
            return waiting
        }
    }
#endif
