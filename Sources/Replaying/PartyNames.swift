import Cryptography
import Messages
import Primitives
import Records

/// Says events and effects in words, with the names of the run's genesis.
package struct PartyNames: Sendable {
    let genesis: Genesis
    private let byKey: [PublicKey: String]

    package init(_ genesis: Genesis) {
        self.genesis = genesis
        var names: [PublicKey: String] = [genesis.clock: "clock"]
        for restaker in genesis.restakers { names[restaker.key] = restaker.name }
        for service in genesis.services { names[service.coordinator] = "coordinator-\(service.name)" }
        for signer in genesis.signers { names[signer.key] = signer.name }
        byKey = names
    }

    package func name(of party: Party) -> String { genesis.name(of: party) ?? "\(party)" }
    package func name(of key: PublicKey) -> String { byKey[key] ?? "\(key)" }
    package func names(of parties: [Party]) -> String { parties.map(name(of:)).joined(separator: " ") }

    package func name(of service: ServiceID) -> String {
        Int(service.number) < genesis.services.count ? genesis.services[Int(service.number)].name : "service \(service)"
    }

    package func text(of voteKey: VoteKey) -> String { "\(name(of: voteKey.service)) \(voteKey.subject)" }

    package func text(of vote: Attestation) -> String {
        "\(name(of: vote.signer))'s vote for \(text(of: vote.statement.voteKey)), result \(vote.statement.result.short)"
    }

    package func text(of frame: Frame) -> String {
        switch frame {
        case .hello(let hello): "hello of \(name(of: hello.party))"
        case .task(let signed): "task \(name(of: signed.task.service)) \(signed.task.sequence)"
        case .attestation(let vote): text(of: vote)
        case .certified(let notice): "word that \(text(of: notice.statement.voteKey)) is certified"
        case .certificateRequest(let voteKey, _): "a request for the certificate of \(text(of: voteKey))"
        case .certificate(let certificate):
            "the certificate of \(text(of: certificate.statement.voteKey)) with \(certificate.signers.count) signatures"
        case .summary(let summary): "a summary of \(summary.entries.count) statements"
        case .voteRequest(let request):
            "a request for \(name(of: request.signer))'s vote for \(text(of: request.voteKey))"
        case .ownVotesRequest: "a request for the votes held of it"
        case .ownVotes(let votes): "\(votes.count) votes held of it"
        case .taskRequest(let voteKey, let task): "a request for the task \(task.short) of \(text(of: voteKey))"
        case .submit(let signed): "instruction: \(text(of: signed.instruction))"
        case .receipt(let receipt): "receipt \(receipt.instruction.short): \(receipt.outcome)"
        case .notice(let notice): text(of: notice)
        }
    }

    package func text(of notice: LedgerNotice) -> String {
        switch notice {
        case .account(let nonce): "account: next nonce \(nonce)"
        case .clock(let slot, let epoch, let stateRoot):
            "clock: slot \(slot), epoch \(epoch), state root \(stateRoot.short)"
        case .operatorSet(let set):
            "operator set of \(name(of: set.service)), epoch \(set.epoch) revision \(set.revision): "
                + "\(set.members.count) members, \(set.total)"
        case .directory(let endpoints): "directory of \(endpoints.count)"
        case .slashed(let record): text(of: record)
        case .settled(let settlement):
            "\(text(of: settlement.voteKey)) settled, \(settlement.participation.count) took part"
        case .revoked(let revocation): "the key of \(name(of: revocation.accused)) revoked"
        }
    }

    package func text(of entry: GuardEntry) -> String {
        switch entry {
        case .statement(let statement): "\(text(of: statement.voteKey)), result \(statement.result.short)"
        case .task(let header): "the task \(name(of: header.service)) \(header.sequence)"
        case .evidence(let evidence):
            "evidence against \(name(of: evidence.accused)) about \(text(of: evidence.voteKey))"
        case .answered(let offence): "the answer to the evidence of \(offence.short)"
        case .submission(let header, let payload, let ticket, _):
            "the task \(name(of: header.service)) \(header.sequence), submission \(ticket), \(payload.count) bytes"
        }
    }

    package func text(of instruction: Instruction) -> String {
        switch instruction {
        case .advance(let slot): "advance to slot \(slot)"
        case .registerEndpoint(let endpoint): "register \(endpoint.dottedAddress):\(endpoint.port)"
        case .registerClient(let client): "register client \(client)\(client.isSpecific ? ", service-specific" : "")"
        case .setCommission(let commission): "set commission to \(commission)"
        case .optIn(let service): "opt in to \(name(of: service))"
        case .optOut(let service): "opt out of \(name(of: service))"
        case .allocate(let service, let asset, let magnitude):
            "allocate \(magnitude) of its \(name(of: asset)) to \(name(of: service))"
        case .unjail(let service): "unjail in \(name(of: service))"
        case .exit: "exit"
        case .admit(let signer): "admit \(name(of: .signer(signer)))"
        case .expel(let signer): "expel \(name(of: .signer(signer)))"
        case .deposit(let asset, let amount): "deposit \(text(of: amount, asset))"
        case .withdraw(let asset, let amount): "withdraw \(text(of: amount, asset))"
        case .updateRate(let asset, let rate): "the rate of \(name(of: asset)) is \(rate)"
        case .updateYield(let validator, let yield): "base validator \(validator) yields \(yield)"
        case .propose(let terms): "propose to list \(terms.name)"
        case .vote(let proposal, let accepts): "vote \(accepts ? "for" : "against") proposal \(proposal)"
        case .approve(let motion): "approve that \(text(of: motion))"
        case .delegate(let asset, let amount, let signer):
            "delegate \(text(of: amount, asset)) to \(name(of: .signer(signer)))"
        case .undelegate(let asset, let amount, let signer):
            "undelegate \(text(of: amount, asset)) from \(name(of: .signer(signer)))"
        case .emergencyExit(let asset, let signer):
            "emergency exit of its \(name(of: asset)) from \(name(of: .signer(signer)))"
        case .cancelSlash(let offence): "cancel the slash of offence \(offence.short)"
        case .dispute(_, let statement): "dispute \(text(of: statement.voteKey))"
        case .voteDispute(let dispute, let voids): "vote to \(voids ? "void" : "uphold") in dispute \(dispute)"
        case .fund(let service, let amount): "fund \(name(of: service)) with \(amount)"
        case .claimRewards: "claim rewards"
        case .post(let letter):
            "post \(text(of: letter.certificate.statement.voteKey)) to \(name(of: letter.recipient))"
        case .consume(let number): "consume message \(number)"
        case .submitEvidence(let evidence):
            "evidence against \(name(of: evidence.accused)) about \(text(of: evidence.voteKey))"
        case .submitCertificate(let certificate, let participation):
            "certificate of \(text(of: certificate.statement.voteKey)), \(participation.count) took part"
        case .claimParticipation(let vote): "claim of participation with \(text(of: vote))"
        }
    }

    package func text(of observation: Observation) -> String {
        switch observation {
        case .taskIssued(let task): "issued \(name(of: task.service)) \(task.sequence)"
        case .taskSubmitted(let service, let sequence, let ticket):
            "submission \(ticket) becomes \(name(of: service)) \(sequence)"
        case .submissionRefused(let ticket, let reason): "refused submission \(ticket): \(reason)"
        case .taskExpired(let service, let sequence): "expired \(name(of: service)) \(sequence)"
        case .certified(let certificate): "certified \(text(of: certificate.statement.voteKey))"
        case .evidenceFound(let evidence):
            "found evidence against \(name(of: evidence.accused)) about \(text(of: evidence.voteKey))"
        case .receiptArrived(let receipt): "receipt \(receipt.instruction.short): \(receipt.outcome)"
        case .attested(let vote): "attested: \(text(of: vote))"
        case .notExecuted(let service, let sequence, let reason):
            "no result for \(name(of: service)) \(sequence): \(reason)"
        case .refusedToSign(let reason): "refused to sign: \(reason)"
        case .rejected(let party, let reason): "rejected from \(name(of: party)): \(reason)"
        case .injected(let injection):
            "injected \(injection.behaviour)" + (injection.subject.map { " in subject \($0)" } ?? "")
        case .recovered(let behaviour, let service):
            "recovered from \(behaviour)" + (service.map { " in \(name(of: $0))" } ?? "")
        case .applied(let sequence, let slot, let signed, let outcome):
            "instruction \(sequence) at slot \(slot) by \(name(of: signed.authority)): "
                + "\(text(of: signed.instruction)): \(outcome)"
        case .slashed(let record): text(of: record)
        case .revoked(let revocation): "revoked the key of \(name(of: revocation.accused))"
        case .operatorSetAdopted(let service, let set): "adopted operator set \(set.short) of \(name(of: service))"
        case .operatorSetOpened(let set):
            "opened operator set of \(name(of: set.service)), epoch \(set.epoch) revision \(set.revision)"
        case .books(let books):
            "books of \(name(of: books.asset)) after \(books.sequence): \(text(of: books.entered, books.asset)) entered"
        case .restaking(let event): text(of: event)
        case .stalled(let lateness): "was held up for \(lateness)"
        case .ledgerOpened(let sequence): "the log is open after instruction \(sequence)"
        }
    }
}
