import Messages
import Primitives
import Records
import Reports
import TestSupport
import Testing
import Verdicts

@Suite struct CertificateFileTests {
    /// op-1 notes it earlier, but the coordinator's goes first.
    @Test func theCoordinatorsCertificateIsTakenIfItHasOne() throws {
        var builder = try HistoryBuilder()
        let (own, coordinators) = (
            builder.certificate(builder.statement(1), by: [1, 2, 3]),
            builder.certificate(builder.statement(1), by: [1, 2, 4])
        )
        builder.note(HistoryBuilder.signer(1), at: 20, .certified(own))
        let only = try CertificateFile.find(TaskSequence(1), service: nil, in: RunHistory(builder.records))
        #expect(only.certificate == own && only.operatorSet == builder.set && only.name == "squares-task-1.borsh")

        builder.note(HistoryBuilder.coordinator, at: 30, .certified(coordinators))
        let history = RunHistory(builder.records)
        let file = try CertificateFile.find(TaskSequence(1), service: "squares", in: history)
        #expect(file.certificate == coordinators)
        #expect(try ProofCheck(of: file.bytes, pin: builder.set.digest).isValid)
    }

    @Test func whyThereIsNoneIsSaid() throws {
        var builder = try HistoryBuilder.sound()
        builder.note(
            HistoryBuilder.coordinator, at: 90, .certified(builder.certificate(builder.statement(9), by: [1])))
        let history = RunHistory(builder.records)
        func reason(_ task: UInt64, service: String? = nil) -> CertificateSearchError? {
            do throws(CertificateSearchError) {
                _ = try CertificateFile.find(TaskSequence(task), service: service, in: history)
                return nil
            } catch { return error }
        }
        #expect(reason(1) == nil)
        #expect(reason(8) == .none("task 8 of squares"))
        #expect(reason(9) == .noneValid("task 9 of squares", count: 1))
        #expect(reason(1, service: "cubes")?.description == "the run has no service cubes; it has squares")
    }

    @Test func ofSeveralServicesOneMustBeNamed() throws {
        var records = try HistoryBuilder.sound().records
        records.genesis.services.append(records.genesis.services[0])
        records.genesis.services[1].name = "cubes"
        let history = RunHistory(records)
        let error = #expect(throws: CertificateSearchError.self) {
            try CertificateFile.find(TaskSequence(1), service: nil, in: history)
        }
        #expect(error?.description == "the run has several services; name one with --service: squares, cubes")
    }

    @Test func conflictingCertificatesAreKeptOneForEachStatement() throws {
        var builder = try HistoryBuilder.sound()
        #expect(CertificateFile.conflicts(of: RunHistory(builder.records)) == [])
        let other = builder.certificate(builder.statement(2, result: 2), by: [1, 3, 4])
        builder.note(HistoryBuilder.signer(3), at: 50, .certified(other))
        builder.note(HistoryBuilder.signer(4), at: 51, .certified(other))
        // Without a quorum it is none, and conflicts with nothing.
        builder.note(
            HistoryBuilder.signer(4), at: 60,
            .certified(builder.certificate(builder.statement(3, result: 2), by: [4])))
        let files = CertificateFile.conflicts(of: RunHistory(builder.records))
        #expect(
            files.map(\.path) == [
                "evidence/squares-task-2-certificate-1.borsh", "evidence/squares-task-2-certificate-2.borsh",
            ])
        #expect(files.map(\.certificate.statement) == [builder.statement(2), builder.statement(2, result: 2)])
        for file in files { #expect(try ProofCheck(of: file.bytes).isValid) }
    }

    /// Whatever genesis calls an AVS, the file stays in its directory.
    @Test func aNameIsNoPath() throws {
        var builder = try HistoryBuilder.sound()
        builder.certify(2, result: 2)
        var records = builder.records
        records.genesis.services[0].name = "../a b/\u{e9}"
        let files = CertificateFile.conflicts(of: RunHistory(records))
        #expect(files.map(\.name) == ["---a-b---task-2-certificate-1.borsh", "---a-b---task-2-certificate-2.borsh"])
    }
}
