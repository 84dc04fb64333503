import Cryptography
import Primitives

/// What is signed by a vote: 157 bytes, always.
package struct Statement: Hashable, Sendable {
    package var voteKey: VoteKey
    package var operatorSet: Digest
    package var epoch: Epoch
    package var task: Digest
    package var result: Digest

    package init(voteKey: VoteKey, operatorSet: Digest, epoch: Epoch, task: Digest, result: Digest) {
        self.voteKey = voteKey
        self.operatorSet = operatorSet
        self.epoch = epoch
        self.task = task
        self.result = result
    }

    package init(for task: ServiceTask, digest: Digest, result: [UInt8]) {
        self.init(
            voteKey: VoteKey(network: task.network, service: task.service, subject: Subject(task.sequence)),
            operatorSet: task.operatorSet, epoch: task.epoch, task: digest,
            result: Domain.resultDigest.digest(result))
    }

    package var service: ServiceID { voteKey.service }
    package var digest: Digest { Domain.statementDigest.digest(borsh) }

    package var signedBytes: [UInt8] {
        #if DEBUG
            if PlantedBug.noDomainTag.isOn { return borsh }
        #endif
        return signedBytes(.vote)
    }
}

extension Statement: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(voteKey)
        encoder.encode(operatorSet)
        encoder.encode(epoch)
        encoder.encode(task)
        encoder.encode(result)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        voteKey = try decoder.decode()
        operatorSet = try decoder.decode()
        epoch = try decoder.decode()
        task = try decoder.decode()
        result = try decoder.decode()
    }
}
