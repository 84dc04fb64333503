import Cryptography
import Foundation
import Messages
import Primitives
import Reports
import TestSupport
import Testing

@Suite struct ProofReportTests {
    private let builder: HistoryBuilder

    init() throws { builder = try HistoryBuilder() }

    private func report(_ proof: Proof, pin: Digest? = nil) throws -> ProofReport {
        ProofReport(try ProofCheck(of: ProofFile(proof).borsh, pin: pin))
    }

    private func object(_ report: ProofReport) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(report.json.document.utf8)) as? [String: Any])
    }

    @Test func evidenceSaysWhoAndWhereTheStatementsDiffer() throws {
        let evidence = builder.evidence(4, 2)
        guard case .equivocation(let pair) = evidence else { return }
        let text = try report(.evidence(evidence)).text
        #expect(
            text == """
                proof           equivocation: one operator signed two different statements about one subject
                accused         \(builder.keys[3].publicKey)
                about           service 0, subject 2
                offence         \(evidence.offence)
                both say        network       \(builder.genesis.network)
                                kind          result
                                operator set  \(builder.set.digest)
                                epoch         0
                                task          \(pair.first.task)
                the first says  result        \(pair.first.result)
                the second says result        \(pair.second.result)
                verdict         valid

                """)
        let json = try object(report(.evidence(evidence)))
        #expect(json["schema_version"] as? Int == 1 && json["valid"] as? Bool == true)
        #expect(json["kind"] as? String == "equivocation" && json["differ_in"] as? [String] == ["result"])
        #expect(json["accused"] as? String == "\(evidence.accused)")
        #expect((json["messages"] as? [[String: Any]])?.compactMap { $0["number"] as? String } == ["2", "2"])
    }

    @Test func evidenceAgainstACoordinatorSaysWhereItsTasksDiffer() throws {
        let evidence = builder.taskEvidence(2)
        guard case .taskEquivocation(let pair) = evidence else { return }
        let text = try report(.evidence(evidence)).text
        #expect(
            text == """
                proof           task-equivocation: one coordinator signed two different tasks under one number
                accused         \(builder.keys[4].publicKey)
                about           service 0, subject 2
                offence         \(evidence.offence)
                both say        network       \(builder.genesis.network)
                                epoch         0
                                operator set  \(builder.set.digest)
                                issued ns     20000000
                                deadline ns   1020000000
                the first says  payload       \(pair.first.payload)
                the second says payload       \(pair.second.payload)
                verdict         valid

                """)
        let json = try object(report(.evidence(evidence)))
        #expect(json["kind"] as? String == "task-equivocation" && json["differ_in"] as? [String] == ["payload"])
    }

    @Test func aCertificateSaysWhatWasSignedByHowMuchStakeOfWhichSet() throws {
        let statement = builder.statement(1)
        let proof = Proof.certificate(builder.certificate(statement, by: [1, 2, 4]), of: builder.set)
        let text = try report(proof).text
        #expect(
            text == """
                proof           certificate: a quorum of the stake signed one statement
                network         \(builder.genesis.network)
                service         0
                subject         1
                kind            result
                task            \(statement.task)
                result          \(statement.result)
                epoch           0, revision 0
                threshold       more than 2/3 of the stake
                signers         3 of 4
                signed stake    80 SOL of 100 SOL
                operator set    \(builder.set.digest)
                                is what the file says: compare the digest, or pin it with --set-digest
                verdict         valid

                """)
        #expect(try report(proof, pin: builder.set.digest).text.contains("\n                is the pinned one\n"))
        let json = try object(report(proof))
        #expect(json["signed_lamports"] as? String == "80000000000")
        #expect(json["total_lamports"] as? String == "100000000000")
        #expect(json["operator_set"] as? String == "\(builder.set.digest)" && json["pinned"] as? Bool == false)
    }

    /// A bit in every byte, and every length: there is always something to tell, and never a proof.
    @Test func whateverIsAlteredIsToldOrRefused() throws {
        let certificate = builder.certificate(builder.statement(1), by: [1, 2, 4])
        let proofs: [Proof] = [
            .evidence(builder.evidence(4, 2)), .evidence(builder.taskEvidence(2)),
            .certificate(certificate, of: builder.set),
        ]
        var told = 0
        for bytes in proofs.map({ ProofFile($0).borsh }) {
            for place in bytes.indices {
                var altered = bytes
                altered[place] ^= 1 << UInt8(place % 8)
                guard let check = try? ProofCheck(of: altered, pin: builder.set.digest) else { continue }
                let report = ProofReport(check)
                #expect(!check.isValid && report.text.contains("invalid: "), "byte \(place)")
                #expect(report.json.document.contains("\"valid\": false"))
                told += 1
            }
            for count in bytes.indices {
                #expect(throws: BorshError.self) { try ProofCheck(of: Array(bytes.prefix(count))) }
            }
        }
        #expect(told > 1000, "alterations that no decoder takes test its first lines only")
    }

    @Test func whatIsWrongStandsLast() throws {
        let few = Proof.certificate(builder.certificate(builder.statement(1), by: [2]), of: builder.set)
        let text = try report(few, pin: .zero).text
        #expect(text.contains("\n                is not the pinned one\n"))
        #expect(
            text.hasSuffix(
                """
                verdict         invalid: the operator set is not the pinned one, \(Digest.zero)
                                invalid: 30 SOL of 100 SOL signed, not more than 2/3 of it

                """))
        let json = try object(report(few))
        #expect(json["valid"] as? Bool == false)
        #expect(json["flaws"] as? [String] == ["30 SOL of 100 SOL signed, not more than 2/3 of it"])
    }
}
