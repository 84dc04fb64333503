import ArgumentParser

struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Look at the restaking state, explain it, and change that of a live cluster.",
        discussion: """
            The state is worked out from genesis and the log of instructions, of a run that is over, real or simulated, \
            of a cluster that is up, or of a ledger that was imported.

              quorate ledger show
              quorate ledger show quickstart-20261124T090248Z --json
              quorate ledger explain r-1
              quorate ledger history op-3
              quorate ledger submit restaker=r-1 undelegate="50 SOL" from=op-2 --cluster lab
              quorate ledger prove r-1 --epoch 3
              quorate ledger replay runs/latest --epochs
              quorate ledger export --into lab.ledger
            """,
        subcommands: [
            LedgerShowCommand.self, LedgerExplainCommand.self, LedgerHistoryCommand.self, LedgerSubmitCommand.self,
            LedgerProveCommand.self, LedgerReplayCommand.self, LedgerExportCommand.self, LedgerImportCommand.self,
            LedgerSalvageCommand.self,
        ])
}
