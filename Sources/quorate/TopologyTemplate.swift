import TopologyFormat

/// The files that `quorate init` writes: a topology that can be run, with a comment where somebody would ask.
struct TopologyTemplate {
    enum Module: String, CaseIterable {
        case squaring
        case exec
    }

    let name: String
    let module: Module
    /// What the comments call the topology's own file.
    let file: String

    /// What the topology is called where the author does not say: as its file is or, where that is only `quorate.yaml`,
    /// its folder.
    static func name(file: String, folder: String) -> String {
        let candidates = [file == defaultStem ? folder : file, "lab"]
        return candidates.lazy.compactMap(wellFormed).first ?? "lab"
    }

    static let defaultStem = "quorate"
    /// The program of an exec service, beside its topology.
    static let programName = "service.py"

    /// The nearest name that the format takes.
    private static func wellFormed(_ text: String) -> String? {
        let mapped = text.lowercased().unicodeScalars.map { scalar in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "-"
        }
        let name = String(String(mapped).drop { $0 == "-" }.prefix(32))
        let trimmed = String(name.reversed().drop { $0 == "-" }.reversed())
        return try? ScalarGrammar<String>.name.parse(trimmed)
    }

    var topology: String {
        """
        # Five operators secure one service, and one of them lies: it signs two results for one task and shows each half of
        # the network another one. Expected: it is found out and slashed once, and every task is certified all the same.
        #
        #   quorate run \(file)
        #   quorate topology check \(file)    # every mistake at once, with what would be right
        #   quorate topology show \(file)     # with every default filled in
        #
        # Editors complete from the schema that `quorate topology schema` prints.
        version: 1
        name: \(name)
        seed: 42                          # decides jitter and faults; left out: drawn and printed
        network:
          dissemination: mesh             # votes go to everyone; star: to the coordinator alone
          link: {latency: 2ms, jitter: 500us}
        operators:                        # or generated: {count: 7, stake: zipf(0.85), total: 1000 SOL}
          op-1: {stake: 300 SOL}
          op-2: {stake: 250 SOL}
          op-3: {stake: 150 SOL}          # less than a third of the 1000 SOL: alone it can stop nothing
          op-4: {stake: 200 SOL}
          op-5: {stake: 100 SOL}
        services:
        \(service)
            threshold: 2/3                # a certificate needs strictly more than this share of the stake
            slash: {equivocation: 5%}     # what a lie costs, once it is proven
            load: {tasks: 100, rate: 20/s\(payload)}
            deadline: 2s                  # from a task's issue: until then it must be certified
            evidence-window: 2500ms       # from a task's issue: so long conflicting votes are listened for
        faults:                           # others: equivocate, silent, crash, collusion, coordinator-equivocates, ...
          - {operator: op-3, does: equivocate-split, at: task 50}
        expect:                           # decides the exit status; left out: nobody is slashed, every oracle holds
          slashed: [op-3]
          certified: 100%                 # of the tasks, in time

        """
    }

    private var service: String {
        switch module {
        case .squaring:
            """
              squares:
                module: squaring              # a task is a number, its result the square
            """
        case .exec:
            """
              mine:
                module: exec                  # each operator runs the program, and signs what it answers
                command: [python3, \(Self.programName)]
                time-limit: 1s                # for one answer; memory-limit and output-limit are others
            """
        }
    }

    /// Squaring asks for no payload: it draws its own.
    private var payload: String { module == .exec ? ", payload: \"${random}\"" : "" }

    /// What stands in `programName`; nil where the module needs no program.
    var program: String? {
        guard module == .exec else { return nil }
        return """
            #!/usr/bin/env python3
            \"""A service: replace `execute` by what yours does.

            It reads one task a line from standard input, {"task": 17, "service": "mine", "payload": "91"}, and writes one
            answer a line to standard output, {"task": 17, "result": "19"}, or {"task": 17, "error": "why there is none"}. What
            it writes to standard error goes to the operator's log.

            The same payload must give the same result in every operator's process: no time, no random numbers, no order of
            sets.
            \"""

            import json
            import sys


            def execute(payload):
                return str(int(payload) % 24)


            for line in sys.stdin:
                request = json.loads(line)
                try:
                    answer = {"task": request["task"], "result": execute(request["payload"])}
                except ValueError as error:
                    answer = {"task": request["task"], "error": str(error)}
                print(json.dumps(answer), flush=True)

            """
    }
}
