import Primitives
import Synchronization

/// Remembers whose signature was found valid for what: in a simulation hundreds of nodes check the same one, and the
/// answer is always the same.
///
/// Bounded: when the younger generation is full, the older one is forgotten.
package final class VerificationMemo: Sendable {
    /// Of the task, or of the thread where there is none; nil where everything is checked each time.
    @TaskLocal static var current: VerificationMemo?

    /// Each takes some 60 bytes.
    package static let standardCapacity = 1 << 16

    /// Of one generation.
    private let capacity: Int
    private let generations = Mutex(Generations())

    private struct Generations {
        var younger: [Digest: Bool] = [:]
        var older: [Digest: Bool] = [:]
        var figures = Figures()
    }

    package struct Figures: Hashable, Sendable {
        package var asked: UInt64 = 0
        /// Of which the answer was known.
        package var known: UInt64 = 0
    }

    package init(capacity: Int = VerificationMemo.standardCapacity) {
        precondition(capacity > 0)
        self.capacity = capacity
    }

    package var figures: Figures { generations.withLock { $0.figures } }

    /// How many answers it holds: never more than twice its capacity.
    package var count: Int { generations.withLock { $0.younger.count + $0.older.count } }

    /// - Parameter check: finds out, where it is not known.
    func verdict(
        on signature: Signature, for message: [UInt8], by signer: PublicKey, check: () -> Bool
    ) -> Bool {
        let question = Self.digest(of: signature, message, signer)
        if let known = recall(question) { return known }
        let verdict = check()
        generations.withLock { Self.keep(verdict, on: question, in: &$0, capacity: capacity) }
        return verdict
    }

    private func recall(_ question: Digest) -> Bool? {
        generations.withLock { generations in
            generations.figures.asked += 1
            var verdict = generations.younger[question]
            if verdict == nil, let old = generations.older.removeValue(forKey: question) {
                Self.keep(old, on: question, in: &generations, capacity: capacity)
                verdict = old
            }
            if verdict != nil { generations.figures.known += 1 }
            return verdict
        }
    }

    private static func keep(_ verdict: Bool, on question: Digest, in generations: inout Generations, capacity: Int) {
        if generations.younger.count >= capacity {
            generations.older = generations.younger
            generations.younger = [:]
        }
        generations.younger[question] = verdict
    }

    /// Signature and key have one length each, so that no two questions have the same bytes.
    private static func digest(of signature: Signature, _ message: [UInt8], _ signer: PublicKey) -> Digest {
        DomainHash.digest(.verification) { hash in
            withUnsafeBytes(of: signature) { hash.update($0) }
            signer.storage.withUnsafeBytes { hash.update($0) }
            message.withUnsafeBytes { hash.update($0) }
        }
    }
}
