import Faults
import Messages
import Primitives
import Testing
import TopologyFormat

/// Faults as a command line injects them.
@Suite struct FaultWordsTests {
    private static func topology(_ dissemination: String = "mesh") throws -> Topology {
        try Topology.parse(
            """
            version: 1
            name: lab
            network: {dissemination: \(dissemination)}
            operators: {op-1: {stake: 3 SOL}, op-2: {stake: 2 SOL}, op-3: {stake: 0 SOL}, op-4: {stake: 1 SOL}}
            services:
              squares: {module: squaring, operators: [op-1, op-2, op-3], load: {tasks: 10, rate: 10/s}}
              audits: {module: squaring, operators: [op-1, op-4]}
            """, file: "lab.yaml")
    }

    @Test func wordsAreThoseOfATopology() throws {
        let topology = try Self.topology()
        #expect(
            try topology.fault(FaultWords(party: "op-2", behaviour: "silent", begins: "task 500", lasts: "30s"))
                == FaultPlan(
                    party: .signer(OperatorIndex(1)), behaviour: .silent, begins: .task(TaskSequence(500)),
                    lasts: .duration(.seconds(30))), "a task beyond the load may be submitted")
        #expect(
            try topology.fault(
                FaultWords(
                    party: "op-1", behaviour: "equivocate", parameters: ["service": "audits", "probability": "1/10"]))
                == FaultPlan(
                    party: .signer(OperatorIndex(0)), behaviour: .equivocate, service: ServiceID(1), lasts: .tasks(1),
                    probability: Fraction(1, over: 10)!))
        #expect(
            try topology.fault(
                FaultWords(
                    party: "coordinator-audits", behaviour: "coordinator-crash", lasts: "300ms",
                    parameters: ["point": "persist"]))
                == FaultPlan(
                    party: .coordinator(ServiceID(1)), behaviour: .coordinatorCrash, service: ServiceID(1),
                    lasts: .duration(.milliseconds(300)), point: .persist))
    }

    @Test(arguments: [
        (FaultWords(party: "op-9", behaviour: "silent"), "op-9 is not an operator; the operators are op-1"),
        (FaultWords(party: "op-3", behaviour: "silent"), "op-3 has no stake, so it votes on nothing"),
        (FaultWords(party: "op-2", behaviour: "silence"), "silence is not a behaviour; did you mean silent?"),
        (FaultWords(party: "op-2", behaviour: "silent", lasts: "30"), "--for: 30 has no unit; write 30 tasks or 30ms"),
        (FaultWords(party: "op-2", behaviour: "silent", begins: "soon"), "--at: soon is not a time or a task"),
        (
            FaultWords(party: "op-2", behaviour: "silent", parameters: ["service": "audits"]),
            "--service: op-2 is not an operator of audits"
        ),
        (
            FaultWords(party: "op-2", behaviour: "silent", parameters: ["probability": "1/2"]),
            "--probability: silent takes no probability"
        ),
        (
            FaultWords(party: "op-2", behaviour: "crash", parameters: ["point": "persist"]),
            "--point: persist is not a point"
        ),
        (FaultWords(party: "op-2", behaviour: "crash", lasts: "2 tasks"), "--for: a crash lasts a time"),
        (FaultWords(party: "op-2", behaviour: "slow"), "slow needs delay; write --delay 50ms"),
        (
            FaultWords(party: "op-2", behaviour: "amnesia"),
            "an amnesia needs something to forget; write --at \"task 100\""
        ),
        (
            FaultWords(party: "op-2", behaviour: "ledger-crash"),
            "ledger-crash is the ledger's fault; write ledger ledger-crash"
        ),
        (
            FaultWords(party: "op-2", behaviour: "amnesia", begins: "task 1", parameters: ["disk": "keep"]),
            "--disk: keep is not a disk; write empty or older"
        ),
        (FaultWords(party: "op-2", behaviour: "selective"), "selective needs to; write --to op-1,op-2"),
        (
            FaultWords(party: "ledger", behaviour: "ledger-crash"),
            "a run does not come to its end without its ledger; write --for 500ms"
        ),
        (
            FaultWords(party: "op-2", behaviour: "slow", parameters: ["delay": "50ms", "rate": "3/s"]),
            "--rate: slow takes no rate; it takes at, for, service, delay"
        ),
        (
            FaultWords(party: "op-2", behaviour: "selective", parameters: ["to": "op-1,op-9"]),
            "op-9 is not an operator"
        ),
        (FaultWords(party: "op-2", behaviour: "twin"), "a twin is there from the start"),
        (FaultWords(party: "op-2", behaviour: "collusion"), "a collusion is scheduled together with the fault"),
        (FaultWords(party: "op-2", behaviour: "coordinator-crash"), "coordinator-crash is a coordinator's fault"),
        (FaultWords(party: "coordinator-squares", behaviour: "silent"), "silent is an operator's fault"),
        (
            FaultWords(party: "coordinator-square", behaviour: "coordinator-crash"),
            "square is not a service; did you mean"
        ),
    ])
    func mistakesNameTheOption(words: FaultWords, message: String) throws {
        let topology = try Self.topology()
        let error = #expect(throws: GrammarMistake.self) { try topology.fault(words) }
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
    }

    @Test func aStarHidesNothing() throws {
        let star = try Self.topology("star")
        let error = #expect(throws: GrammarMistake.self) {
            try star.fault(FaultWords(party: "op-2", behaviour: "equivocate-split"))
        }
        #expect(error?.message.hasPrefix("in a star votes go to the coordinator alone") == true)
    }
}
