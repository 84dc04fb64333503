/// Remembers the last things that it was told, and not everything that a long run tells: of so many at least, of twice as
/// many at most.
struct RecentMap<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let capacity: Int
    private var new: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    init(capacity: Int) { self.capacity = capacity }

    subscript(key: Key) -> Value? {
        get { new[key] ?? old[key] }
        set {
            new[key] = newValue
            guard new.count >= capacity else { return }
            old = new
            new = [:]
        }
    }
}
