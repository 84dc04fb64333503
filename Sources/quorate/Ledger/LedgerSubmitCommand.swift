import ArgumentParser
import Cluster
import Foundation
import Messages
import TopologyFormat

struct LedgerSubmitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Instruct the ledger of a live cluster.",
        discussion: """
            The words are those of a topology's timeline, without its at: who, what, and what belongs to it, each as \
            key=value. The instruction is signed with the key of whoever it is by.

              quorate ledger submit restaker=r-1 deposit="5 SOL"
              quorate ledger submit restaker=r-1 undelegate=50% from=op-2
              quorate ledger submit operator=op-3 commission=10%
              quorate ledger submit asset=mSOL rate=-1%
              quorate ledger submit service=squares fund="10 SOL"
              quorate ledger submit restaker=r-1 dispute="task 137"
              quorate ledger submit council-lists=jupSOL
              quorate ledger submit forward="1 epoch"

            Anyone may submit evidence, as a run leaves it in evidence/*.borsh, against an operator or a coordinator. The \
            ledger judges it itself; what proves nothing in its network costs a fee (badEvidence).

              quorate ledger submit restaker=r-1 evidence=8b110da4.borsh
              quorate ledger submit operator=op-2 evidence=8b110da4.borsh

            Exit status: 0 when it is applied; 1 when the ledger refuses it, with the outcome; 2 when it cannot be asked, or \
            the file holds no evidence.
            """)

    @Argument(help: "Who and what: restaker=r-1 deposit=\"5 SOL\".")
    var words: [String]

    @OptionGroup var options: ClusterOptions

    func run() throws {
        var pairs: [LedgerWord] = []
        for word in words {
            guard let equals = word.firstIndex(of: "=") else {
                throw CommandFailure.badInput("\(word) is not of the form key=value: restaker=r-1 deposit=\"5 SOL\"")
            }
            pairs.append(LedgerWord(key: String(word[..<equals]), value: String(word[word.index(after: equals)...])))
        }
        let session = try ControlSession(options, try Self.order(pairs))
        switch try session.reply(patience: .seconds(60)) {
        case .done(let text): try Console.print(text)
        case .notApplied(let text):
            try Console.print(text)
            throw ExitStatus.notAsExpected.code
        default: break
        }
    }

    /// Files are read here: the cluster works elsewhere.
    private static func order(_ words: [LedgerWord]) throws(CommandFailure) -> ControlOrder {
        let files = words.filter { $0.key == evidenceKey }
        guard let file = files.first?.value else { return .instruct(words) }
        guard files.count == 1 else { throw .badInput("\(evidenceKey): one file at a time") }
        let evidence = try ProofInput.evidence(file)
        return .submitEvidence(words.filter { $0.key != evidenceKey }, evidence: Data(evidence.borsh))
    }

    private static let evidenceKey = "evidence"
}
