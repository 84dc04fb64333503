import Cryptography
import Messages
import Primitives

/// The shared restaking state: `apply(instruction) -> Outcome`, all or nothing, with no clock but its instructions.
///
/// Laid out by module, each in its extension:
/// 1. *Staking*: the native vault, deposits and withdrawals;
/// 2. *Delegator*: delegating and undelegating, through pools and buckets;
/// 3. *Operator*: endpoints, opting in and out, weights;
/// 4. *Slashing*: evidence, amounts, rewards, the tombstone;
/// 5. *Epochs*: the passing of slots, operator sets, what is forgotten past the horizon;
/// 6. *Certificates*: settlements and participation.
///
/// Nothing here ever iterates over restakers. Conservation is checked after each instruction; should it ever not hold,
/// the ledger traps rather than go on with wrong books.
package struct Ledger: Sendable {
    package let network: Digest
    package let parameters: LedgerParameters
    package internal(set) var slot = Slot(0)
    package internal(set) var epoch = Epoch(0)
    /// How many instructions have taken up their nonce: the number of the last one in the log, which counts from 1.
    package internal(set) var sequence: UInt64 = 0
    /// Every executed slash, in its order. An operator is slashed for equivocation once at most, so this stays short.
    package internal(set) var slashRecords: [SlashRecord] = []

    /// In the order of genesis: the clock, operators, restakers that are no operators, coordinators.
    var accounts: [Account] = []
    var places: [PublicKey: Int] = [:]
    /// By operator.
    var operators: [OperatorRecord] = []
    /// By operator.
    var stakes: [OperatorStake] = []
    /// By restaker.
    var restakers: [RestakerAccount] = []
    /// By AVS.
    var services: [ServiceRecord] = []
    var vault = NativeVault()
    var archive: OperatorSetArchive
    var settlementBook = SettlementBook()

    /// Opens epoch 0, in which genesis' delegations and opt-ins count.
    package init(genesis: Genesis) throws(GenesisError) {
        try genesis.validate()
        network = genesis.network
        parameters = genesis.parameters
        operators = genesis.signers.map { OperatorRecord(key: $0.key) }
        stakes = Array(repeating: OperatorStake(), count: operators.count)
        services = genesis.services.map { ServiceRecord($0, operators: genesis.signers.count) }
        archive = OperatorSetArchive(services: services.count)
        register(genesis)
        for (place, restaker) in genesis.restakers.enumerated() { endow(place, with: restaker) }
        openOperatorSets(of: epoch)
        requireInvariants()
    }

    /// What an instruction has changed that others are told of.
    package enum Change: Hashable, Sendable {
        case epochOpened(Epoch)
        case operatorSetOpened(OperatorSet)
        case endpointRegistered(Endpoint)
        case slashed(SlashRecord)
        case revoked(Revocation)
        case settled(Settlement)
    }

    package mutating func apply(_ signed: SignedInstruction) -> Outcome {
        var changes: [Change] = []
        return apply(signed, changes: &changes)
    }

    /// - Parameter changes: what there is to tell is appended, in the order in which it happened.
    package mutating func apply(_ signed: SignedInstruction, changes: inout [Change]) -> Outcome {
        guard signed.network == network else { return .wrongNetwork }
        guard signed.isSignatureValid else { return .badSignature }
        guard let place = places[signed.authority] else { return .unknownAuthority }
        let nonce = accounts[place].nextNonce
        guard signed.nonce >= nonce else { return .nonceUsed }
        guard signed.nonce == nonce else { return .nonceAhead }
        accounts[place].nextNonce += 1
        sequence += 1
        let outcome = execute(signed.instruction, by: place, changes: &changes)
        requireInvariants()
        return outcome
    }

    /// - Returns: nil when nobody of this key is in genesis.
    package func nextNonce(of key: PublicKey) -> UInt64? { places[key].map { accounts[$0].nextNonce } }

    /// - Returns: nil when there is no such operator.
    package func key(of signer: OperatorIndex) -> PublicKey? {
        Int(signer.number) < operators.count ? operators[Int(signer.number)].key : nil
    }

    /// Every executed revocation, by AVS.
    package var revocations: [Revocation] { services.compactMap(\.revocation) }

    /// Everyone who has registered an endpoint, by operator.
    package var directory: [Endpoint] { operators.compactMap(\.endpoint) }

    /// Every operator set within the evidence horizon, oldest first, the present ones last.
    package var operatorSets: [OperatorSet] { archive.chronological }

    /// Within the evidence horizon, the last of them last.
    func latestSettlements(_ count: Int) -> [Settlement] { settlementBook.latest(count) }

    private mutating func execute(_ instruction: Instruction, by place: Int, changes: inout [Change]) -> Outcome {
        let account = accounts[place]
        switch instruction {
        case .advance(let slot):
            return account.isClock ? advance(to: slot, changes: &changes) : .notAuthorized
        case .registerEndpoint(let endpoint):
            guard let signer = account.signer, signer == endpoint.signer else { return .notAuthorized }
            return register(endpoint, changes: &changes)
        case .deposit(let amount):
            return account.restaker.map { deposit(amount, by: $0) } ?? .notAuthorized
        case .delegate(let signer, let amount):
            return account.restaker.map { delegate(amount, to: signer, by: $0) } ?? .notAuthorized
        case .undelegate(let signer, let amount):
            return account.restaker.map { undelegate(amount, from: signer, by: $0) } ?? .notAuthorized
        case .withdraw(let amount):
            return account.restaker.map { withdraw(amount, by: $0) } ?? .notAuthorized
        case .optIn(let service):
            return account.signer.map { optIn($0, to: service) } ?? .notAuthorized
        case .optOut(let service):
            return account.signer.map { optOut($0, of: service) } ?? .notAuthorized
        case .submitEvidence(let evidence):
            return punish(evidence, reportedBy: place, changes: &changes)
        case .submitCertificate(let certificate, let participation):
            guard maySettle(certificate, account) else { return .notAuthorized }
            return settle(certificate, participation, by: account, changes: &changes)
        case .claimParticipation(let attestation):
            guard let signer = account.signer, account.key == attestation.signer else { return .notAuthorized }
            return count(attestation, of: signer, changes: &changes)
        }
    }

    private mutating func register(_ genesis: Genesis) {
        add(Account(key: genesis.clock, isClock: true))
        for (index, signer) in genesis.signers.enumerated() {
            add(Account(key: signer.key, signer: OperatorIndex(UInt32(index))))
        }
        for (index, restaker) in genesis.restakers.enumerated() {
            if let place = places[restaker.key] {
                accounts[place].restaker = RestakerIndex(UInt32(index))
            } else {
                add(Account(key: restaker.key, restaker: RestakerIndex(UInt32(index))))
            }
        }
        for (index, service) in genesis.services.enumerated() {
            add(Account(key: service.coordinator, coordinated: ServiceID(UInt32(index))))
        }
    }

    private mutating func add(_ account: Account) {
        places[account.key] = accounts.count
        accounts.append(account)
    }

    /// Deposits and delegates as genesis says; it has been validated.
    private mutating func endow(_ place: Int, with terms: Genesis.Restaker) {
        var account = RestakerAccount(idle: terms.deposit)
        precondition(vault.deposit(terms.deposit), "genesis deposits exceed the books")
        for delegation in terms.delegations where delegation.amount > .zero {
            let signer = Int(delegation.signer.number)
            let record = account.openDelegation(to: delegation.signer)
            account.delegations[record].holding.add(
                stakes[signer].active.join(delegation.amount)!, of: stakes[signer].active)
            account.idle -= delegation.amount
            vault.idle -= delegation.amount
        }
        restakers.append(account)
    }
}
