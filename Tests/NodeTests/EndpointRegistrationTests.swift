import Messages
import Primitives
import Testing

@testable import Node

@Suite struct EndpointRegistrationTests {
    private let endpoint = Endpoint(signer: OperatorIndex(0), address: Endpoint.loopback, port: 4_711)

    private func makeRegistration() -> EndpointRegistration {
        EndpointRegistration(network: Fixture.genesis.network, key: Fixture.signers[0], endpoint: endpoint)
    }

    private func submitted(_ step: EndpointRegistration.Step) throws -> SignedInstruction {
        guard case .submit(let signed) = step else {
            Issue.record("expected a submission, not \(step)")
            throw CancellationError()
        }
        return signed
    }

    private func receipt(_ signed: SignedInstruction, _ outcome: Outcome) -> Receipt {
        Receipt(instruction: signed.digest, outcome: outcome, slot: Slot(0))
    }

    @Test func theMachineIsGivenTheNonceAfterTheRegistration() throws {
        var registration = makeRegistration()
        let signed = try submitted(registration.account(nextNonce: 5))
        #expect(signed.isSignatureValid && signed.nonce == 5 && signed.instruction == .registerEndpoint(endpoint))
        #expect(registration.receipt(Receipt(instruction: .zero, outcome: .applied, slot: Slot(0))) == .passOn)
        #expect(!registration.isDone)
        #expect(registration.receipt(receipt(signed, .applied)) == .registered(nextNonce: 6))
        #expect(registration.isDone)
        #expect(registration.account(nextNonce: 6) == .passOn)
        #expect(registration.receipt(receipt(signed, .nonceUsed)) == .passOn)
    }

    @Test func aLostConnectionRepeatsIt() throws {
        var registration = makeRegistration()
        let signed = try submitted(registration.account(nextNonce: 0))
        #expect(registration.account(nextNonce: 0) == .submit(signed))
        // The nonce has gone, whoever took it: the same wish with the next one.
        #expect(try submitted(registration.account(nextNonce: 1)).nonce == 1)
    }

    @Test func aNonceThatSomethingOlderTookIsAskedForAnew() throws {
        var registration = makeRegistration()
        let signed = try submitted(registration.account(nextNonce: 0))
        #expect(registration.receipt(receipt(signed, .nonceUsed)) == .reconnect)
        #expect(try submitted(registration.account(nextNonce: 1)).nonce == 1)
    }

    @Test func aRefusalIsSaid() throws {
        var registration = makeRegistration()
        let signed = try submitted(registration.account(nextNonce: 0))
        #expect(registration.receipt(receipt(signed, .notAuthorized)) == .refused(.notAuthorized))
    }
}
