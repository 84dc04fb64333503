import Cryptography
import Messages
import Primitives

/// How genesis, which has been validated, becomes the first state.
extension Ledger {
    mutating func register(_ genesis: Genesis) {
        add(Account(key: genesis.clock, isClock: true))
        for (index, signer) in genesis.signers.enumerated() {
            operatorPlaces.append(accounts.count)
            add(Account(key: signer.key, signer: OperatorIndex(UInt32(index))))
        }
        for (index, restaker) in genesis.restakers.enumerated() {
            let index = RestakerIndex(UInt32(index))
            if let place = places[restaker.key] {
                accounts[place].restaker = index
                restakerPlaces.append(place)
            } else {
                restakerPlaces.append(accounts.count)
                add(Account(key: restaker.key, restaker: index))
            }
        }
        for (index, service) in genesis.services.enumerated() {
            add(Account(key: service.coordinator, coordinated: ServiceID(UInt32(index))))
        }
        for key in genesis.otherKeys where places[key] == nil { add(Account(key: key)) }
    }

    /// Deposits and delegates.
    mutating func endow(_ terms: Genesis.Restaker) {
        var account = RestakerAccount()
        for deposit in terms.deposits where deposit.amount > .zero {
            guard let shares = vaults[deposit.asset.place].deposit(deposit.amount) else {
                preconditionFailure("genesis deposits exceed the books")
            }
            account.addIdle(shares, of: deposit.asset)
        }
        for delegation in terms.delegations where delegation.amount > .zero {
            // A vault that has yielded nothing has one share for each unit.
            let amount = VaultShares(delegation.amount.number)
            let place = account.openDelegation(of: delegation.asset, to: delegation.signer)
            let holding = change(delegation.signer, delegation.asset) { $0.endow(amount)! }
            account.delegations[place].holding.add(
                holding, of: stakes[delegation.asset.place][Int(delegation.signer.number)].active)
            account.takeIdle(amount, of: delegation.asset)
            vaults[delegation.asset.place].idle -= amount
        }
        restakers.append(account)
    }

    mutating func fund(_ place: Int, with budget: Lamports) {
        guard budget > .zero else { return }
        precondition(vaults[0].fundBudget(Units(budget.number)), "genesis budgets exceed the books")
        services[place].budget = budget
    }

    /// The parts of stake that secure each AVS from epoch 0.
    mutating func allocate(_ genesis: Genesis) {
        for (signer, terms) in genesis.signers.enumerated() {
            for part in terms.allocations {
                for asset in vaults.indices {
                    operators[signer].allocate(
                        part.magnitude, to: part.service, AssetID(asset), from: epoch, oldest: epoch)
                }
            }
        }
    }
}

extension Genesis {
    /// Keys that are named for a single purpose; each may belong to somebody who has another one.
    var otherKeys: [PublicKey] {
        let authorities = assets.map(\.authority)
        let resolvers = services.compactMap(\.slash.resolver)
        let addressees = services.compactMap { service -> PublicKey? in
            if case .address(let key) = service.slash.destination { key } else { nil }
        }
        return authorities + parameters.governance.council + resolvers + addressees
    }
}
