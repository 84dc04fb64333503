import Cryptography
import Messages
import Primitives
import Testing

@testable import Simulation

@Suite struct VirtualDiskTests {
    private let entries = (0..<4).map { GuardEntry.answered(offence: Domain.audit.digest([UInt8($0)])) }

    private func at(_ milliseconds: UInt64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    private func disk() -> VirtualDisk {
        var disk = VirtualDisk(isKept: true)
        disk.write([entries[0], entries[1]], at: at(10))
        disk.sync(at: at(12))
        disk.write([entries[2]], at: at(20))
        disk.write([entries[3]], at: at(30))
        return disk
    }

    @Test func whatIsWrittenSurvivesAProcess() {
        var disk = disk()
        #expect(disk.die(at: at(40), losingPower: false) == 0)
        #expect(disk.recorded == entries)
    }

    @Test func powerTakesWhatIsNotSynced() {
        var disk = disk()
        #expect(disk.die(at: at(40), losingPower: true) == 2)
        #expect(disk.recorded == [entries[0], entries[1]])
    }

    /// A turn is worked out at its beginning; what it would have done after the node's death it has not done.
    @Test func nothingIsWrittenOrSyncedAfterDeath() {
        var disk = disk()
        #expect(disk.die(at: at(25), losingPower: false) == 1)
        #expect(disk.recorded == Array(entries.prefix(3)))
        var early = self.disk()
        #expect(early.die(at: at(11), losingPower: true) == 4)
        #expect(early.recorded.isEmpty)
    }

    @Test func aLaterLifeGoesOnWhereTheDiskWas() {
        var disk = disk()
        _ = disk.die(at: at(40), losingPower: true)
        disk.write([entries[3]], at: at(50))
        disk.sync(at: at(51))
        #expect(disk.die(at: at(60), losingPower: true) == 0)
        #expect(disk.recorded == [entries[0], entries[1], entries[3]])
    }
}
