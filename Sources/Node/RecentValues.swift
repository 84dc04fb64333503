import NIOCore

/// The newest values by key, limited in number and in bytes.
struct RecentValues<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let limit: Int
    private let byteLimit: Int
    private var values: [Key: (value: Value, bytes: Int)] = [:]
    private var order = CircularBuffer<Key>()
    private var bytes = 0

    init(limit: Int, byteLimit: Int = .max) {
        self.limit = limit
        self.byteLimit = byteLimit
    }

    subscript(key: Key) -> Value? { values[key]?.value }

    /// The first value under a key stays.
    ///
    /// - Parameter size: what it counts for of the bytes.
    mutating func add(_ value: Value, for key: Key, bytes size: Int = 0) {
        guard size <= byteLimit, values[key] == nil else { return }
        values[key] = (value, size)
        order.append(key)
        bytes += size
        while order.count > limit || bytes > byteLimit, let oldest = order.popFirst() {
            bytes -= values.removeValue(forKey: oldest)!.bytes
        }
    }

    /// In place, where there is one.
    mutating func change<Result>(_ key: Key, _ body: (inout Value) -> Result) -> Result? {
        guard values[key] != nil else { return nil }
        return body(&values[key]!.value)
    }
}
