import Cryptography
import Primitives
import Testing

@Suite struct RunningDigestTests {
    @Test(
        arguments: [[], [[]], [[1]], [[1, 2], [], [3]], [[UInt8](repeating: 5, count: 1_000), [6]]] as [[[UInt8]]])
    func piecesComeToTheDigestOfTheWhole(pieces: [[UInt8]]) {
        let running = RunningDigest(.ledgerArchive)
        for piece in pieces { running.add(piece) }
        #expect(running.value == Domain.ledgerArchive.digest(Array(pieces.joined())))
    }

    @Test func itGoesOnAfterItHasBeenAsked() {
        let running = RunningDigest(.stateRoot)
        running.add([1, 2])
        #expect(running.value == Domain.stateRoot.digest([1, 2]) && running.value == Domain.stateRoot.digest([1, 2]))
        running.add([3])
        #expect(running.value == Domain.stateRoot.digest([1, 2, 3]))
    }
}
