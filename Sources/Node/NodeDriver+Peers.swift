import Admission
import Attesting
import Messages
import NIOCore
import Primitives

/// Connections: what comes over them, and what the ledger tells the driver rather than its machine.
extension NodeDriver: TransportDelegate {
    package func connected(_ party: Party) {
        log(.info, "connected with \(name(of: party))")
        enqueue(.connected(party), from: party == .ledger ? nil : party)
        reportIfReady()
    }

    package func disconnected(_ party: Party, reason: String) {
        log(.info, "disconnected from \(name(of: party)): \(reason)")
        enqueue(.disconnected(party), from: party == .ledger ? nil : party)
    }

    package func received(_ frame: Frame, from party: Party) {
        if party == .ledger, keeps(frame) { return }
        enqueue(
            .received(frame, from: party), from: party == .ledger ? nil : party, cost: Attention.cost(of: frame))
        reportIfReady()
    }

    package func refused(_ party: Party?, _ error: HandshakeError) {
        log(.warning, "turned away \(party.map(name) ?? "somebody"): \(error)")
        if case .secondConnection(let party) = error { noteOwn(.rejected(from: party, reason: "\(error)")) }
    }

    /// - Returns: true for what the machine is not to see: where others listen, and this node's own registration.
    private func keeps(_ frame: Frame) -> Bool {
        switch frame {
        case .notice(.directory(let endpoints)):
            for endpoint in endpoints { directory[endpoint.signer] = endpoint }
            dialPeers()
            return true
        case .notice(.operatorSet(let set)):
            plan.learn(set)
            intake.learn(set)
            dialPeers()
            return false
        case .notice(.account(let nextNonce)):
            return follow(registration?.account(nextNonce: nextNonce) ?? .passOn)
        case .receipt(let receipt):
            return follow(registration?.receipt(receipt) ?? .passOn)
        default: return false
        }
    }

    private func follow(_ step: EndpointRegistration.Step) -> Bool {
        switch step {
        case .passOn: return false
        case .submit(let instruction):
            send(.submit(instruction), to: [.ledger])
            transport.flush()
        case .registered(let nextNonce):
            enqueue(.received(.notice(.account(nextNonce: nextNonce)), from: .ledger))
            reportIfReady()
        case .reconnect:
            transport.disconnect(.ledger, reason: "the next nonce has to be asked for anew")
        case .refused(let outcome):
            fail("the ledger refused to register this node's endpoint: \(outcome)")
        }
        return true
    }

    private func dialPeers() {
        for signer in directory.keys.sorted() where plan.dials(signer) {
            transport.dial(.signer(signer), at: directory[signer]!.socketAddress)
        }
    }

    /// Once: when everyone that this node needs has been connected.
    private func reportIfReady() {
        guard !isReady, !isEnded, plan.hasSets, registration?.isDone ?? true,
            plan.needed.allSatisfy(transport.isConnected)
        else { return }
        isReady = true
        log(.info, "ready")
        outlet.report(.ready)
    }
}
