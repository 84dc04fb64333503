import Cryptography
import Primitives

private enum Limit {
    static let name = 64
    static let services = 64
    static let restakers = 1_000_000
    static let delegations = 1_000_000
}

extension Genesis: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(runID)
        encoder.encode(parameters)
        encoder.encode(clock)
        encoder.encode(assets)
        encoder.encode(nativePool)
        encoder.encode(signers)
        encoder.encode(restakers)
        encoder.encode(services)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        runID = try decoder.decode()
        parameters = try decoder.decode()
        clock = try decoder.decode()
        assets = try decoder.decode(limit: AssetTerms.countLimit)
        nativePool = try decoder.decode()
        signers = try decoder.decode(limit: OperatorSet.memberLimit)
        restakers = try decoder.decode(limit: Limit.restakers)
        services = try decoder.decode(limit: Limit.services)
    }
}

extension Genesis.Signer: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(name)
        encoder.encode(key)
        encoder.encode(commission)
        encoder.encode(client)
        encoder.encode(allocations)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        name = try decoder.decodeText(limit: Limit.name)
        key = try decoder.decode()
        commission = try decoder.decode()
        client = try decoder.decode()
        allocations = try decoder.decode(limit: Limit.services)
    }
}

extension Genesis.Allocation: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(service)
        encoder.encode(magnitude)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        service = try decoder.decode()
        magnitude = try decoder.decode()
    }
}

extension ClientVersion: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(name)
        encoder.encode(version)
        encoder.encode(isSpecific)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        name = try decoder.decodeText(limit: Self.limit)
        version = try decoder.decodeText(limit: Self.limit)
        isSpecific = try decoder.decode()
    }
}

extension Genesis.Deposit: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(asset)
        encoder.encode(amount)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        asset = try decoder.decode()
        amount = try decoder.decode()
    }
}

extension Genesis.Delegation: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(asset)
        encoder.encode(signer)
        encoder.encode(amount)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        asset = try decoder.decode()
        signer = try decoder.decode()
        amount = try decoder.decode()
    }
}

extension Genesis.Restaker: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(name)
        encoder.encode(key)
        encoder.encode(deposits)
        encoder.encode(delegations)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        name = try decoder.decodeText(limit: Limit.name)
        key = try decoder.decode()
        deposits = try decoder.decode(limit: AssetTerms.countLimit)
        delegations = try decoder.decode(limit: Limit.delegations)
    }
}

extension Genesis.Service: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(name)
        encoder.encode(module)
        encoder.encode(coordinator)
        encoder.encode(threshold)
        encoder.encode(dissemination)
        encoder.encode(deadline)
        encoder.encode(evidenceWindow)
        encoder.encode(optedIn)
        encoder.encode(assetWeights)
        encoder.encode(slash)
        encoder.encode(reward)
        encoder.encode(jail)
        encoder.encode(admission)
        encoder.encode(disputes)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        name = try decoder.decodeText(limit: Limit.name)
        module = try decoder.decodeText(limit: Limit.name)
        coordinator = try decoder.decode()
        threshold = try decoder.decode()
        dissemination = try decoder.decode()
        deadline = try decoder.decode()
        evidenceWindow = try decoder.decode()
        optedIn = try decoder.decode(limit: OperatorSet.memberLimit)
        assetWeights = try decoder.decode(limit: AssetTerms.countLimit)
        slash = try decoder.decode()
        reward = try decoder.decode()
        jail = try decoder.decode()
        admission = try decoder.decode()
        disputes = try decoder.decode()
    }
}
