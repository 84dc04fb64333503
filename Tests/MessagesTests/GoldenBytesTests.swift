import Messages
import Testing

/// What is written today must be readable tomorrow, and by anyone's Borsh library: the bytes of every type are pinned.
///
/// After a deliberate change: `QUORATE_UPDATE_GOLDEN=1 swift test --filter GoldenBytesTests`, then read the diff.
@Suite(.serialized) struct GoldenBytesTests {
    static let files = Dictionary(grouping: Specimen.all, by: \.type)
        .map { GoldenFile(type: $0, specimens: $1) }
        .sorted { $0.type < $1.type }

    @Test func everySpecimenHasItsCommittedBytes() throws {
        if GoldenFile.isUpdating { try GoldenFile.write(Self.files) }
        for file in Self.files {
            let committed = file.committed
            #expect(committed == file.text, "\(file.difference(from: committed))")
        }
    }

    @Test func noGoldenFileIsLeftOver() throws {
        #expect(Set(try GoldenFile.names()) == Set(Self.files.map { $0.type + ".txt" }))
    }

    @Test func specimensComeBackAsTheyWere() throws {
        for specimen in Specimen.all {
            #expect(try specimen.comesBack(), "\(specimen.testDescription)")
            #expect(try specimen.recode(specimen.bytes) == specimen.bytes, "\(specimen.testDescription)")
        }
    }

    /// Every case of every enum has a specimen, and no other byte is taken for a case.
    @Test(arguments: [
        "VoteKind", "Evidence", "Proof", "Dissemination", "Outcome", "Instruction", "LedgerNotice", "Party", "Frame",
        "Observation",
    ])
    func everyCaseHasASpecimen(type: String) throws {
        let specimens = Specimen.all.filter { $0.type == type }
        let covered = Set(specimens.map { $0.bytes[0] })
        let recode = try #require(specimens.first).recode
        for value in UInt8.min...UInt8.max {
            do {
                _ = try recode([value])
                #expect(covered.contains(value), "case \(value) has no specimen")
            } catch {
                let isUnknown = error == .unknownCase(type: type, value: value)
                #expect(isUnknown == !covered.contains(value), "case \(value): \(error)")
            }
        }
    }

    @Test func statementsHave157Bytes() {
        #expect(Fixed.statement().borsh.count == 157)
        #expect(Fixed.vote(Fixed.accused).borsh.count == 157 + 32 + 64)
    }
}
