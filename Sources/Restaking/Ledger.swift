import Cryptography
import Messages
import Primitives

/// The shared restaking state: `apply(instruction) -> Outcome`, all or nothing, with no clock but its instructions.
///
/// Laid out by module, each in its folder:
/// 1. *Staking*: vaults, rates, the native pool, and how assets come to be listed;
/// 2. *Delegator*: delegating and undelegating, through pools and buckets;
/// 3. *Operators*: the registry, opting in and out, allocations, weights, attendance;
/// 4. *Slashing*: evidence, disputes, amounts, pending slashes, the tombstone;
/// 5. *Yield*: base yield, points, rewards;
/// 6. *Certificates*: settlements and participation;
/// 7. *Inbox*: messages between AVSs.
///
/// Time passes in `Ledger+Epochs`. Nothing here ever iterates over restakers. Conservation is checked after each
/// instruction; should it ever not hold, the ledger traps rather than go on with wrong books.
package struct Ledger: Sendable {
    package let network: Digest
    package let parameters: LedgerParameters
    package internal(set) var slot = Slot(0)
    package internal(set) var epoch = Epoch(0)
    /// How many instructions have taken up their nonce: the number of the last one in the log, which counts from 1.
    package internal(set) var sequence: UInt64 = 0
    /// Every slash that has been executed or cancelled, in its order.
    package internal(set) var slashRecords: [SlashRecord] = []
    var pendingSlashes: [PendingSlash] = []

    /// In the order of genesis: the clock, operators, restakers that are no operators, coordinators, then whoever else
    /// has a say in something.
    var accounts: [Account] = []
    var places: [PublicKey: Int] = [:]
    /// Where each operator's account stands.
    var operatorPlaces: [Int] = []
    /// Where each restaker's account stands.
    var restakerPlaces: [Int] = []
    /// By asset; native SOL first.
    var vaults: [Vault]
    var nativePool: NativePool
    var governance = Governance()
    /// By operator.
    var operators: [OperatorRecord] = []
    /// By asset, then by operator.
    var stakes: [[OperatorStake]]
    /// By restaker.
    var restakers: [RestakerAccount] = []
    /// By AVS.
    var services: [ServiceRecord] = []
    /// By AVS.
    var inboxes: [Inbox]
    var archive: OperatorSetArchive
    var settlementBook = SettlementBook()
    var disputeBook = DisputeBook()

    /// Opens epoch 0, in which genesis' delegations and opt-ins count.
    package init(genesis: Genesis) throws(GenesisError) {
        try genesis.validate()
        network = genesis.network
        parameters = genesis.parameters
        vaults = genesis.assets.map { Vault($0, since: Epoch(0)) }
        nativePool = NativePool(genesis.nativePool)
        operators = genesis.signers.map(OperatorRecord.init)
        stakes = vaults.map { [operators] _ in Array(repeating: OperatorStake(), count: operators.count) }
        services = genesis.services.map { ServiceRecord($0, operators: genesis.signers.count) }
        inboxes = services.map { _ in Inbox() }
        archive = OperatorSetArchive(services: services.count)
        register(genesis)
        for restaker in genesis.restakers { endow(restaker) }
        for (place, service) in genesis.services.enumerated() { fund(place, with: service.reward.budget) }
        allocate(genesis)
        _ = nativePool.open(balance: vaults[0].pool.assets)
        var changes: [Change] = []
        openOperatorSets(changes: &changes)
        for asset in stakes.indices {
            for signer in stakes[asset].indices { stakes[asset][signer].open(epoch, oldest: epoch) }
        }
        requireFullBooks()
    }

    /// What an instruction has changed that others are told of.
    package enum Change: Hashable, Sendable {
        case epochOpened(Epoch)
        case operatorSetOpened(OperatorSet)
        case endpointRegistered(Endpoint)
        case slashed(SlashRecord)
        case revoked(Revocation)
        case settled(Settlement)
        case event(RestakingEvent)
    }

    package mutating func apply(_ signed: SignedInstruction) -> Outcome {
        var changes: [Change] = []
        return apply(signed, changes: &changes)
    }

    /// - Parameter changes: what there is to tell is appended, in the order in which it happened.
    package mutating func apply(_ signed: SignedInstruction, changes: inout [Change]) -> Outcome {
        guard signed.network == network else { return .wrongNetwork }
        guard signed.isSignatureValid else { return .badSignature }
        return applyVerified(signed, changes: &changes)
    }

    /// Of an instruction of this network whose signature has been found valid: as when its log is read back, which is
    /// chained.
    ///
    /// - Parameters:
    ///   - isProven: a certificate that it submits has been verified as well, as when the ledger applied it before; there
    ///     may be millions of signatures in a log's.
    ///   - witness: for whoever explains a balance; nil: nobody looks.
    package mutating func applyVerified(
        _ signed: SignedInstruction, isProven: Bool = false, changes: inout [Change], witness: LedgerWitness? = nil
    ) -> Outcome {
        guard let place = places[signed.authority] else { return .unknownAuthority }
        let nonce = accounts[place].nextNonce
        guard signed.nonce >= nonce else { return .nonceUsed }
        guard signed.nonce == nonce else { return .nonceAhead }
        accounts[place].nextNonce += 1
        sequence += 1
        let outcome = execute(
            signed.instruction, by: place, isProven: isProven, changes: &changes, witness: witness)
        requireBooks()
        witness?(.instruction, self)
        return outcome
    }

    /// - Returns: nil when the ledger knows nobody of this key.
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

    /// Every slash there is to tell of: those that are done with, then the pending ones.
    package var slashes: [SlashRecord] { slashRecords + pendingSlashes.map(\.record) }

    /// Within the evidence horizon, the last of them last.
    func latestSettlements(_ count: Int) -> [Settlement] { settlementBook.latest(count) }

    /// Changes what is delegated to one operator of one asset, and the vault's sums with it.
    mutating func change<R>(
        _ signer: OperatorIndex, _ asset: AssetID, _ body: (inout OperatorStake) -> R
    ) -> R {
        let (place, index) = (asset.place, Int(signer.number))
        let delegated = stakes[place][index].delegated
        let unbonding = stakes[place][index].unbonding
        let result = body(&stakes[place][index])
        vaults[place].delegated = vaults[place].delegated + stakes[place][index].delegated - delegated
        vaults[place].unbonding = vaults[place].unbonding + stakes[place][index].unbonding - unbonding
        return result
    }

    mutating func add(_ account: Account) {
        places[account.key] = accounts.count
        accounts.append(account)
    }
}
