/// Small networks for tests: seconds each, with time to spare on a busy machine.
enum Networks {
    static let operators = """
        operators:
          op-1: {stake: 30 SOL}
          op-2: {stake: 25 SOL}
          op-3: {stake: 15 SOL}
          op-4: {stake: 20 SOL}
          op-5: {stake: 10 SOL}
        """

    static func topology(
        dissemination: String = "mesh", tasks: Int = 60, faults: String = "[]", expect: String = "{slashed: []}",
        deadline: String = "2s", window: String = "2500ms"
    ) -> String {
        """
        version: 1
        name: small
        seed: 7
        guard: written
        network: {dissemination: \(dissemination), link: {latency: 1ms, jitter: 500us}}
        \(operators)
        services:
          squares:
            module: squaring
            threshold: 2/3
            slash: {equivocation: 5%}
            load: {tasks: \(tasks), rate: 40/s}
            deadline: \(deadline)
            evidence-window: \(window)
        faults: \(faults)
        expect: \(expect)

        """
    }
}
