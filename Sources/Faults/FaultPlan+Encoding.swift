import Messages
import Primitives

extension FaultPlan: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(party)
        encoder.encode(behaviour.rawValue)
        encoder.encode(service)
        switch begins {
        case .start: encoder.encode(UInt8(0))
        case .task(let sequence):
            encoder.encode(UInt8(1))
            encoder.encode(sequence)
        case .after(let duration):
            encoder.encode(UInt8(2))
            encoder.encode(duration)
        }
        switch lasts {
        case .tasks(let count):
            encoder.encode(UInt8(0))
            encoder.encode(count)
        case .duration(let duration):
            encoder.encode(UInt8(1))
            encoder.encode(duration)
        case .untilTheEnd: encoder.encode(UInt8(2))
        }
        encoder.encode(probability)
        encoder.encode(point?.rawValue ?? "")
        encoder.encode(accomplices)
        encoder.encode(parameters)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        party = try decoder.decode()
        let name = try decoder.decodeText(limit: 64)
        guard let behaviour = Behaviour(rawValue: name) else {
            throw .invalid(type: "Behaviour", reason: "no adversary is named \(name)")
        }
        self.behaviour = behaviour
        service = try decoder.decodeOptional()
        let beginning: UInt8 = try decoder.decode()
        switch beginning {
        case 0: begins = .start
        case 1: begins = .task(try decoder.decode())
        case 2: begins = .after(try decoder.decode())
        default: throw .unknownCase(type: "FaultPlan.Beginning", value: beginning)
        }
        let extent: UInt8 = try decoder.decode()
        switch extent {
        case 0: lasts = .tasks(try decoder.decode())
        case 1: lasts = .duration(try decoder.decode())
        case 2: lasts = .untilTheEnd
        default: throw .unknownCase(type: "FaultPlan.Extent", value: extent)
        }
        probability = try decoder.decode()
        let place = try decoder.decodeText(limit: 64)
        guard place.isEmpty || KillPoint(rawValue: place) != nil else {
            throw .invalid(type: "KillPoint", reason: "no point is named \(place)")
        }
        point = KillPoint(rawValue: place)
        accomplices = try decoder.decode(limit: OperatorSet.memberLimit)
        parameters = try decoder.decode()
    }
}
