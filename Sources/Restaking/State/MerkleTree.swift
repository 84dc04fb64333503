import Cryptography
import Messages
import Primitives

/// A binary tree of digests. The last one of a level with an odd number goes up as it is; the root says how many
/// leaves there are, so that no two lists have one root.
package enum MerkleTree {
    package static func root(of leaves: [Digest]) -> Digest { root(of: levels(leaves)) }

    /// - Parameter levels: from the leaves to the top.
    static func root(of levels: [[Digest]]) -> Digest { seal(levels.last![0], count: levels[0].count) }

    /// The digests beside the way from a leaf to the top, from below.
    static func path(to index: Int, in levels: [[Digest]]) -> [Digest] {
        var index = index
        var path: [Digest] = []
        for level in levels.dropLast() {
            let sibling = index ^ 1
            if sibling < level.count { path.append(level[sibling]) }
            index /= 2
        }
        return path
    }

    /// Where a leaf's way leads, in a tree of so many; nil when the path is not as long as it must be.
    package static func root(of leaf: Digest, at index: Int, of count: Int, path: [Digest]) -> Digest? {
        guard index >= 0, index < count else { return nil }
        var (index, width, digest) = (index, count, leaf)
        var rest = path[...]
        while width > 1 {
            if index ^ 1 < width {
                guard let sibling = rest.popFirst() else { return nil }
                digest = index % 2 == 0 ? join(digest, sibling) : join(sibling, digest)
            }
            index /= 2
            width = (width + 1) / 2
        }
        return rest.isEmpty ? seal(digest, count: count) : nil
    }

    /// From the leaves, of which there must be one, to the top.
    static func levels(_ leaves: [Digest]) -> [[Digest]] {
        precondition(!leaves.isEmpty, "a tree without leaves")
        var levels = [leaves]
        while let level = levels.last, level.count > 1 {
            levels.append(
                stride(from: 0, to: level.count, by: 2).map {
                    $0 + 1 < level.count ? join(level[$0], level[$0 + 1]) : level[$0]
                })
        }
        return levels
    }

    private static func join(_ left: Digest, _ right: Digest) -> Digest {
        var encoder = BorshEncoder()
        encoder.encode(left)
        encoder.encode(right)
        return Domain.stateNode.digest(encoder.bytes)
    }

    private static func seal(_ top: Digest, count: Int) -> Digest {
        var encoder = BorshEncoder()
        encoder.encode(UInt64(count))
        encoder.encode(top)
        return Domain.stateRoot.digest(encoder.bytes)
    }
}
