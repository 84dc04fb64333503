import CLinux

/// Which processors a thread may run on.
enum ThreadPlace {
    /// A bit for each processor: as many as the kernel is ever built for.
    private static let size = 1024

    /// Those that the calling thread may use, in order.
    static var allowed: [Int] {
        var bits = [UInt8](repeating: 0, count: size)
        let count = Int(linux_get_affinity(&bits, UInt(size)))
        return (0..<max(0, count) * 8).filter { bits[$0 / 8] & (1 << ($0 % 8)) != 0 }
    }

    /// Binds the calling thread. Where that is not allowed, it runs on as before.
    static func take(_ processors: [Int]) {
        var bits = [UInt8](repeating: 0, count: size)
        for processor in processors where processor < size * 8 { bits[processor / 8] |= 1 << (processor % 8) }
        _ = linux_set_affinity(bits, UInt(size))
    }
}
