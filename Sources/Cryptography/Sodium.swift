internal import CSodium

/// libsodium must be initialised once in a process before it is used.
enum Sodium {
    private static let started: Bool = {
        precondition(sodium_init() >= 0, "libsodium cannot start")
        return true
    }()

    static func start() { precondition(started) }
}
