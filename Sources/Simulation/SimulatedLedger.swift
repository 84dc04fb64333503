import Admission
import Cryptography
import Faults
import Messages
import Primitives
import Records
import Restaking

/// The ledger's process: its machine, and the log that must be on the disk before anybody hears of what is in it.
struct SimulatedLedger {
    /// While there is no process, the state that the log has.
    var machine: LedgerMachine
    let key: SigningKey
    var isAlive = true
    var incarnation: UInt32 = 1
    /// What its present process is to die of.
    var crashes: LedgerCrashes
    /// What is on the disk; of a ledger that never dies nothing need be kept.
    private(set) var log: [LogEntry] = []
    private let isLogKept: Bool
    /// Of its earlier processes.
    var records: [NodeRecord] = []
    var inbox = FairQueue<Party, (event: LedgerEvent, parcel: ReadParcel?)>()
    private var weights = StakeWeights()
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
    /// Of the turn that is being worked on: written out with its end.
    var turnEntries: [RecordEntry] = []
    /// Where its clock stood when the log had been read, and when that was.
    private var clockStart = (slot: Slot(0), at: World.boot)
    /// By how much the clock has been moved on since.
    var slotOffset: UInt64 = 0
    /// The newest epoch that it has told of, and the one that its clock has been moved on to.
    var toldEpoch = Epoch(0)
    var destination = Epoch(0)
    /// Sizes of notices that everybody gets.
    var setSizes: [Digest: Int] = [:]

    init(genesis: Genesis, key: SigningKey, faults: [FaultPlan]) throws(GenesisError) {
        machine = try LedgerMachine(genesis: genesis)
        self.key = key
        crashes = LedgerCrashes(faults)
        isLogKept = !faults.isEmpty
    }

    /// What was committed is on the disk.
    mutating func commit(_ effects: [LedgerEffect]) {
        guard isLogKept else { return }
        for case .append(let entry) in effects { log.append(entry) }
    }

    /// Everything is gone that is not on the disk.
    ///
    /// - Parameter machine: as it comes from genesis.
    /// - Returns: how many instructions those are.
    mutating func die(_ machine: LedgerMachine) -> Int {
        let lost = self.machine.head.sequence - UInt64(log.count)
        self.machine = machine
        for entry in log { restore(entry) }
        (isAlive, isWorking, isAsleep) = (false, false, true)
        inbox.removeAll()
        (effects, outbox, committing) = ([], [], nil)
        (entries, turnEntries) = ([], [])
        return Int(lost)
    }

    mutating func learn(_ set: OperatorSet) {
        for (party, weight) in weights.learn(set) { inbox.setWeight(weight, of: party) }
    }

    @discardableResult
    mutating func restore(_ entry: LogEntry) -> [LedgerEffect] {
        var effects: [LedgerEffect] = []
        machine.handle(.restored(entry), at: World.boot, effects: &effects)
        return effects
    }

    /// The log has been read: what has passed since its last entry has not passed for the ledger.
    mutating func startClock(at now: Instant) {
        clockStart = (machine.ledger.slot, now)
        slotOffset = 0
    }

    /// A frame that has been taken in but not taken up.
    struct ReadParcel {
        let bytes: Int
        let connection: Int
        let generation: UInt32
    }

    func slot(at now: Instant, _ duration: Duration) -> Slot {
        let passed = UInt64((now - clockStart.at).nanoseconds / duration.nanoseconds)
        return Slot(clockStart.slot.number + passed + slotOffset)
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
