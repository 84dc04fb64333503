import Cryptography
import Primitives

extension Instruction: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(number)
        switch self {
        case .advance(let slot): encoder.encode(slot)
        case .registerEndpoint(let endpoint): encoder.encode(endpoint)
        case .registerClient(let client): encoder.encode(client)
        case .setCommission(let commission): encoder.encode(commission)
        case .optIn(let service), .optOut(let service), .unjail(let service): encoder.encode(service)
        case .allocate(let service, let asset, let magnitude):
            encoder.encode(service)
            encoder.encode(asset)
            encoder.encode(magnitude)
        case .exit, .claimRewards: break
        case .admit(let signer), .expel(let signer): encoder.encode(signer)
        case .deposit(let asset, let amount), .withdraw(let asset, let amount):
            encoder.encode(asset)
            encoder.encode(amount)
        case .updateRate(let asset, let rate):
            encoder.encode(asset)
            encoder.encode(rate)
        case .updateYield(let validator, let yield):
            encoder.encode(validator)
            encoder.encode(yield)
        case .propose(let terms): encoder.encode(terms)
        case .vote(let proposal, let accepts):
            encoder.encode(proposal)
            encoder.encode(accepts)
        case .approve(let motion): encoder.encode(motion)
        case .delegate(let asset, let amount, let signer), .undelegate(let asset, let amount, let signer):
            encoder.encode(asset)
            encoder.encode(amount)
            encoder.encode(signer)
        case .emergencyExit(let asset, let signer):
            encoder.encode(asset)
            encoder.encode(signer)
        case .submitEvidence(let evidence): encoder.encode(evidence)
        case .cancelSlash(let offence): encoder.encode(offence)
        case .dispute(let task, let statement):
            encoder.encode(task)
            encoder.encode(statement)
        case .voteDispute(let dispute, let voids):
            encoder.encode(dispute)
            encoder.encode(voids)
        case .submitCertificate(let certificate, let participation):
            encoder.encode(certificate)
            encoder.encode(participation)
        case .claimParticipation(let attestation): encoder.encode(attestation)
        case .fund(let service, let amount):
            encoder.encode(service)
            encoder.encode(amount)
        case .post(let letter): encoder.encode(letter)
        case .consume(let number): encoder.encode(number)
        }
    }

    private var number: UInt8 {
        switch self {
        case .advance: 0
        case .registerEndpoint: 1
        case .registerClient: 2
        case .setCommission: 3
        case .optIn: 4
        case .optOut: 5
        case .allocate: 6
        case .unjail: 7
        case .exit: 8
        case .admit: 9
        case .expel: 10
        case .deposit: 11
        case .withdraw: 12
        case .updateRate: 13
        case .updateYield: 14
        case .propose: 15
        case .vote: 16
        case .approve: 17
        case .delegate: 18
        case .undelegate: 19
        case .emergencyExit: 20
        case .submitEvidence: 21
        case .cancelSlash: 22
        case .dispute: 23
        case .voteDispute: 24
        case .submitCertificate: 25
        case .claimParticipation: 26
        case .fund: 27
        case .claimRewards: 28
        case .post: 29
        case .consume: 30
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .advance(to: try decoder.decode())
        case 1: self = .registerEndpoint(try decoder.decode())
        case 2: self = .registerClient(try decoder.decode())
        case 3: self = .setCommission(try decoder.decode())
        case 4: self = .optIn(try decoder.decode())
        case 5: self = .optOut(try decoder.decode())
        case 6: self = .allocate(try decoder.decode(), try decoder.decode(), try decoder.decode())
        case 7: self = .unjail(try decoder.decode())
        case 8: self = .exit
        case 9: self = .admit(try decoder.decode())
        case 10: self = .expel(try decoder.decode())
        case 11: self = .deposit(try decoder.decode(), try decoder.decode())
        case 12: self = .withdraw(try decoder.decode(), try decoder.decode())
        case 13: self = .updateRate(try decoder.decode(), try decoder.decode())
        case 14: self = .updateYield(try decoder.decode(), try decoder.decode())
        case 15: self = .propose(try decoder.decode())
        case 16: self = .vote(try decoder.decode(), accepts: try decoder.decode())
        case 17: self = .approve(try decoder.decode())
        case 18: self = .delegate(try decoder.decode(), try decoder.decode(), to: try decoder.decode())
        case 19: self = .undelegate(try decoder.decode(), try decoder.decode(), from: try decoder.decode())
        case 20: self = .emergencyExit(try decoder.decode(), from: try decoder.decode())
        case 21: self = .submitEvidence(try decoder.decode())
        case 22: self = .cancelSlash(offence: try decoder.decode())
        case 23: self = .dispute(try decoder.decode(), try decoder.decode())
        case 24: self = .voteDispute(try decoder.decode(), voids: try decoder.decode())
        case 25: self = .submitCertificate(try decoder.decode(), participation: try decoder.decode())
        case 26: self = .claimParticipation(try decoder.decode())
        case 27: self = .fund(try decoder.decode(), try decoder.decode())
        case 28: self = .claimRewards
        case 29: self = .post(try decoder.decode())
        case 30: self = .consume(try decoder.decode())
        default: throw .unknownCase(type: "Instruction", value: value)
        }
    }
}
