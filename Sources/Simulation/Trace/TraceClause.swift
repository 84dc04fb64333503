import Messages

/// What somebody does, as it stands behind their name: `certifies squares 4`.
struct TraceClause: Hashable, Sendable {
    var text: String
    /// Which tasks it is about: none for a crash or an epoch.
    var subjects: [Subject] = []

    init(_ text: String, about subjects: [Subject] = []) {
        self.text = text
        self.subjects = subjects
    }

    init(_ text: String, about voteKey: VoteKey) { self.init(text, about: [voteKey.subject]) }
}
