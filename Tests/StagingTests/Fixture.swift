import TopologyFormat

enum Fixture {
    static func parsed() throws -> Topology {
        try Topology.parse(
            """
            version: 1
            name: small
            operators:
              op-1: {stake: 300 SOL}
              op-2: {stake: 200 SOL}
              op-3: {stake: 100 SOL}
            restakers:
              r-1: {deposit: 50 SOL, delegate: {op-1: 20 SOL, op-3: 5 SOL}}
            services:
              squares:
                module: squaring
                threshold: 2/3
                operators: all
                load: {tasks: 100, rate: 200/s}
            """, file: "small.yaml")
    }
}
