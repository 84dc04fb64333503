import Messages

/// How far one fault of a node has come.
package struct FaultState: Hashable, Sendable {
    package var plan: FaultPlan
    package var stage: Stage

    package enum Stage: UInt8, Hashable, Sendable {
        /// Its time, or its task, has not come.
        case waiting = 0
        case on = 1
        case over = 2
    }

    package init(plan: FaultPlan, stage: Stage) {
        self.plan = plan
        self.stage = stage
    }
}

extension FaultState: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(plan)
        encoder.encode(stage.rawValue)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        plan = try decoder.decode()
        let value: UInt8 = try decoder.decode()
        guard let stage = Stage(rawValue: value) else {
            throw .unknownCase(type: "FaultState.Stage", value: value)
        }
        self.stage = stage
    }
}
