import Cryptography
import Messages
import Primitives
import Verdicts

/// One slash, with how long it took from the offence.
package struct SlashAccount: Hashable, Sendable {
    package var record: SlashRecord
    package var signer: String
    package var service: String
    /// What counted for the culprit in the epoch of the offence.
    package var stake: Lamports?
    /// The share of it that the AVS's terms take.
    package var terms: Fraction
    /// What became of the rest: `burned`, `to the service`...
    package var destination: String
    /// From the adversary's sending its second vote to the first honest node that held both.
    package var detected: Duration?
    /// From there to the ledger's slash, or to its being booked where it waits.
    package var slashed: Duration?
    /// Of one that waited, from there to its being executed or cancelled; nil of one that did not, or waits still.
    package var settled: Duration?
    /// Nil when the records do not have it.
    package var evidence: EvidenceFile?
    /// Where the culprit lost its seat by it.
    package var seats: [SeatLoss]

    /// `two different results`
    var offence: String {
        switch record.kind {
        case .equivocation: "two different results"
        case .wrongResult: "a wrong result"
        }
    }

    /// What was taken, and where it went; or that it was not.
    var money: String {
        let rest = record.slashed.subtracting(record.reward) ?? .zero
        switch record.stage {
        case .executed: return "\(record.slashed) slashed: \(record.reward) to the reporter, \(rest) \(destination)"
        case .pending: return "\(record.slashed == .zero ? "a slash" : "\(record.slashed)") pending when the run ended"
        case .vetoed: return "\(record.slashed) not slashed: the service's resolver cancelled it"
        }
    }

    /// `slashed after 3.2 ms`; `booked after 3.2 ms, executed after 1505.1 ms`
    var times: [(words: String, after: Duration)] {
        guard let slashed else { return [] }
        guard let settled else { return [(record.stage == .pending ? "booked" : "slashed", slashed)] }
        return [("booked", slashed), (record.stage == .vetoed ? "cancelled" : "executed", settled)]
    }

    /// Whether what was taken is just the share that the terms name of the stake that counted.
    var isOfTerms: Bool {
        stake.map {
            Arithmetic.multiplyDivide($0.number, terms.numerator, by: terms.denominator, rounding: .up)
                == record.slashed.number
        } ?? false
    }

    package static func all(of history: RunHistory, files: [EvidenceFile]) -> [SlashAccount] {
        let equivocations = history.equivocations
        return history.slashes.map { slash in
            let record = slash.record
            let offence = equivocations.first { $0.signer == record.signer && $0.voteKey == record.voteKey }
            let found = history.honestFindings(against: record.accused, about: record.voteKey)
            return SlashAccount(
                record: record, signer: history.name(of: record.signer),
                service: history.name(of: record.voteKey.service),
                stake: history.stake(of: record.signer, in: record.voteKey.service, record.epoch),
                terms: history.terms(of: record.voteKey.service, record.kind),
                destination: history.destination(of: record.voteKey.service),
                detected: offence.flatMap { offence in found.map(\.at).min().map { $0 - offence.at } },
                slashed: offence.map { slash.at - $0.at },
                settled: offence.flatMap { offence in history.settled(slash).map { $0 - offence.at } },
                evidence: files.first { $0.offence == record.offence },
                seats: SeatLoss.all(by: slash, in: history))
        }
    }
}

extension RunHistory {
    /// Where honest nodes came to hold proof of an offence.
    func honestFindings(against accused: PublicKey, about voteKey: VoteKey) -> [FoundEvidence] {
        // Whoever crashes, before or after, is honest while it lives.
        let liars = Set(injections.filter { !$0.injection.isDeath }.map(\.party))
        return findings.filter {
            $0.evidence.accused == accused && $0.evidence.voteKey == voteKey && !liars.contains($0.finder)
        }
    }

    /// When what had been pending came to its end.
    fileprivate func settled(_ slash: Slash) -> Instant? {
        let notes = slashNotes.filter { $0.record.offence == slash.record.offence }
        guard notes.count > 1, slash.record.stage != .pending else { return nil }
        return notes[notes.count - 1].at
    }

    fileprivate func stake(of signer: OperatorIndex, in service: ServiceID, _ epoch: Epoch) -> Lamports? {
        operatorSets.values.filter { $0.service == service && $0.epoch == epoch }
            .sorted { $0.revision < $1.revision }
            .lazy.compactMap { set in set.members.first { $0.signer == signer }?.weight }.first
    }

    fileprivate func terms(of service: ServiceID, _ kind: SlashRecord.Kind) -> Fraction {
        guard genesis.services.indices.contains(Int(service.number)) else { return .basisPoints(0) }
        let terms = genesis.services[Int(service.number)].slash
        return kind == .equivocation ? terms.equivocation : terms.wrongResult
    }

    fileprivate func destination(of service: ServiceID) -> String {
        guard genesis.services.indices.contains(Int(service.number)) else { return "burned" }
        switch genesis.services[Int(service.number)].slash.destination {
        case .burn: return "burned"
        case .service: return "to the service"
        case .address(let key):
            let owner =
                genesis.restakers.first { $0.key == key }?.name ?? genesis.signers.first { $0.key == key }?.name
            return "to \(owner ?? "\(key)")"
        }
    }
}
