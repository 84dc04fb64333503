import Cryptography
import Primitives

private enum Limit {
    static let name = 64
    static let services = 64
    static let restakers = 1_000_000
}

extension Genesis: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(runID)
        encoder.encode(parameters)
        encoder.encode(clock)
        encoder.encode(signers)
        encoder.encode(restakers)
        encoder.encode(services)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        runID = try decoder.decode()
        parameters = try decoder.decode()
        clock = try decoder.decode()
        signers = try decoder.decode(limit: OperatorSet.memberLimit)
        restakers = try decoder.decode(limit: Limit.restakers)
        services = try decoder.decode(limit: Limit.services)
    }
}

extension Genesis.Signer: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(name)
        encoder.encode(key)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        name = try decoder.decodeText(limit: Limit.name)
        key = try decoder.decode()
    }
}

extension Genesis.Delegation: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(signer)
        encoder.encode(amount)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        signer = try decoder.decode()
        amount = try decoder.decode()
    }
}

extension Genesis.Restaker: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(name)
        encoder.encode(key)
        encoder.encode(deposit)
        encoder.encode(delegations)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        name = try decoder.decodeText(limit: Limit.name)
        key = try decoder.decode()
        deposit = try decoder.decode()
        delegations = try decoder.decode(limit: OperatorSet.memberLimit)
    }
}

extension Genesis.Service: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(name)
        encoder.encode(module)
        encoder.encode(coordinator)
        encoder.encode(threshold)
        encoder.encode(dissemination)
        encoder.encode(equivocationSlash)
        encoder.encode(deadline)
        encoder.encode(evidenceWindow)
        encoder.encode(optedIn)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        name = try decoder.decodeText(limit: Limit.name)
        module = try decoder.decodeText(limit: Limit.name)
        coordinator = try decoder.decode()
        threshold = try decoder.decode()
        dissemination = try decoder.decode()
        equivocationSlash = try decoder.decode()
        deadline = try decoder.decode()
        evidenceWindow = try decoder.decode()
        optedIn = try decoder.decode(limit: OperatorSet.memberLimit)
    }
}
