import Messages
import Primitives

/// Messages from one AVS to another, each authorised by a certificate.
extension Ledger {
    /// Once for each certified result and recipient; the ledger must have its certificate already.
    mutating func post(_ letter: Letter) -> Outcome {
        let statement = letter.certificate.statement
        guard Int(letter.recipient.number) < services.count else { return .unknownService }
        guard !isPastHorizon(statement.epoch) else { return .pastHorizon }
        guard let set = archive.set(statement.operatorSet, of: statement.service, in: statement.epoch) else {
            return .unknownOperatorSet
        }
        guard services[Int(letter.recipient.number)].defunct == nil else { return .defunct }
        guard !inboxes[Int(letter.recipient.number)].isFull else { return .full }
        do { try letter.certificate.verify(against: set) } catch { return .badCertificate }
        guard let entry = settlementBook.entry(for: statement.voteKey), !entry.isVoid,
            entry.settlement.statement == statement.digest
        else { return .notCertified }
        guard letter.isAuthorised else { return .badLetter }
        guard settlementBook.post(statement.voteKey, to: letter.recipient) else { return .alreadyPosted }
        inboxes[Int(letter.recipient.number)].post(letter)
        return .applied
    }

    mutating func consume(_ number: UInt64, by service: ServiceID) -> Outcome {
        inboxes[Int(service.number)].consume(number) ? .applied : .outOfTurn
    }
}
