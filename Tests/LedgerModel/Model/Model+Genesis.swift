import Cryptography
import Messages
import Primitives

extension Model {
    /// Opens epoch 0, in which genesis' delegations and opt-ins count.
    ///
    /// - Parameter told: the operator sets that the ledger has opened.
    package init(genesis: Genesis, told sets: [OperatorSet]) {
        network = genesis.network
        parameters = genesis.parameters
        assets = genesis.assets.map { Asset(terms: $0, since: Epoch(0), rate: $0.rate) }
        operators = genesis.signers.map(Operator.init)
        services = genesis.services.map { Service($0, operators: genesis.signers.count) }
        idle = genesis.restakers.map { _ in genesis.assets.map { _ in .zero } }
        stakes = genesis.restakers.map { _ in [] }
        poolTerms = genesis.nativePool
        validators = genesis.nativePool.validators.map { Validator(yield: $0.yield) }
        self.sets = services.map { _ in [] }
        inboxes = services.map { _ in (0, 0) }
        dust = Dust(assets: genesis.assets.count)
        introduce(genesis)
        for (place, restaker) in genesis.restakers.enumerated() { endow(place, restaker) }
        for place in services.indices {
            assets[0].flows.entered += services[place].budget
        }
        allocate(genesis)
        followed = Followed(outcome: .applied, told: [])
        _ = spreadUnstaked()
        followed = Followed(outcome: .applied, told: sets.map(Told.operatorSetOpened))
        openSets()
        noteCounted()
    }

    private mutating func introduce(_ genesis: Genesis) {
        add(Person(key: genesis.clock, isClock: true))
        for (index, signer) in genesis.signers.enumerated() {
            operatorPlaces.append(people.count)
            add(Person(key: signer.key, signer: OperatorIndex(UInt32(index))))
        }
        for (index, restaker) in genesis.restakers.enumerated() {
            let place = places[restaker.key] ?? people.count
            if place == people.count { add(Person(key: restaker.key)) }
            people[place].restaker = RestakerIndex(UInt32(index))
            restakerPlaces.append(place)
        }
        for (index, service) in genesis.services.enumerated() {
            add(Person(key: service.coordinator, coordinated: ServiceID(UInt32(index))))
        }
        var others = genesis.assets.map(\.authority) + genesis.parameters.governance.council
        for service in genesis.services {
            others += service.slash.resolver.map { [$0] } ?? []
            if case .address(let key) = service.slash.destination { others.append(key) }
        }
        for key in others where places[key] == nil { add(Person(key: key)) }
    }

    mutating func add(_ person: Person) {
        places[person.key] = people.count
        people.append(person)
    }

    private mutating func endow(_ restaker: Int, _ terms: Genesis.Restaker) {
        for deposit in terms.deposits {
            idle[restaker][deposit.asset.place] += Exact(deposit.amount)
            assets[deposit.asset.place].balance += Exact(deposit.amount)
            assets[deposit.asset.place].flows.entered += Exact(deposit.amount)
        }
        for delegation in terms.delegations where delegation.amount > .zero {
            idle[restaker][delegation.asset.place] -= Exact(delegation.amount)
            put(
                Exact(delegation.amount), .active, Spot(asset: delegation.asset, signer: delegation.signer),
                of: restaker)
        }
    }

    private mutating func allocate(_ genesis: Genesis) {
        for (signer, terms) in genesis.signers.enumerated() {
            for part in terms.allocations {
                for asset in assets.indices {
                    operators[signer].allocations[Part(service: part.service, asset: AssetID(asset))] = [
                        (Epoch(0), Exact(part.magnitude))
                    ]
                }
            }
        }
    }
}
