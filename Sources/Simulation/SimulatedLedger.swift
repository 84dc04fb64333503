import Cryptography
import DequeModule
import Messages
import Primitives
import Records
import Restaking

/// The ledger's process: its machine, and the log that must be on the disk before anybody hears of what is in it.
struct SimulatedLedger {
    var machine: LedgerMachine
    let key: SigningKey
    var inbox: Deque<(event: LedgerEvent, parcel: ReadParcel?)> = []
    var isWorking = false
    var isQueuedForCore = false
    var isAsleep = true
    /// Of the turn that is being worked on.
    var effects: [LedgerEffect] = []
    /// Waits for the log to be free.
    var outbox: [LedgerEffect] = []
    /// Waits for the disk.
    var committing: [LedgerEffect]?
    var entries: [RecordEntry] = []
    /// By how much the clock has been moved on.
    var slotOffset: UInt64 = 0
    /// Sizes of notices that everybody gets.
    var setSizes: [Digest: Int] = [:]

    init(genesis: Genesis, key: SigningKey) throws(GenesisError) {
        machine = try LedgerMachine(genesis: genesis)
        self.key = key
    }

    /// A frame that has been taken in but not taken up.
    struct ReadParcel {
        let bytes: Int
        let connection: Int
        let generation: UInt32
    }

    func slot(after elapsed: Duration, slot: Duration) -> Slot {
        Slot(UInt64(elapsed.nanoseconds / slot.nanoseconds) + slotOffset)
    }

    func sign(_ instruction: Instruction, _ nonce: UInt64, network: Digest) -> SignedInstruction {
        Self.sign(instruction, nonce, network: network, by: key)
    }

    static func sign(
        _ instruction: Instruction, _ nonce: UInt64, network: Digest, by key: SigningKey
    ) -> SignedInstruction {
        let bytes = SignedInstruction.signedBytes(
            network: network, authority: key.publicKey, nonce: nonce, instruction: instruction)
        return SignedInstruction(
            network: network, authority: key.publicKey, nonce: nonce, instruction: instruction,
            signature: key.sign(bytes))
    }
}
