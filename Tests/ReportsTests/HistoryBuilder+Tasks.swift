import Cryptography
import Messages
import Primitives
import TestSupport

extension HistoryBuilder {
    /// The coordinator signed two tasks under this number, with payloads of its own each.
    func taskEvidence(_ number: UInt64) -> Evidence {
        let coordinator = keys[4]
        let signed = ([1, 2] as [UInt8]).map { payload in
            var task = task(number, issued: number * 10)
            task.payload = [payload]
            return SignedTask(task: task, signature: coordinator.sign(task.signedBytes))
        }
        return .taskEquivocation(TaskEquivocation(signed[0], signed[1], by: coordinator.publicKey)!)
    }
}
