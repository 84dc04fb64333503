import Primitives
import TopologyFormat

/// Rules under which an incident is to be seen: what is different from the topology's file.
package struct PolicyVariant: Hashable, Sendable {
    /// As it is shown: short, and alone of its name in a comparison.
    package let name: String
    package let settings: [TopologySetting]

    package init(name: String, settings: [TopologySetting]) {
        self.name = name
        self.settings = settings
    }

    /// The file's own rules.
    package static let asWritten = PolicyVariant(name: "as the file has it", settings: [])

    /// Every kind of rule that decides what an offence costs and whom, one after the other; the rest as the file has it.
    /// Some of them may change nothing in this topology, or be impossible in it.
    ///
    /// - Parameter topology: as written.
    package static func standard(for topology: Topology) -> [PolicyVariant] {
        var variants = ["shared", "unique", "elastic"].map { one("allocation \($0)", "ledger.allocation", $0) }
        variants += ["fixed", "correlated"].map { one("\($0) slashes", "services.*.slash.policy", $0) }
        variants += [
            one("slashed stake burned", "services.*.slash.to", "burn"),
            one("slashed stake to the AVS", "services.*.slash.to", "service"),
            one("no veto", "ledger.veto", "none"), one("veto of an epoch", "ledger.veto", "1 epoch"),
        ]
        if topology.timeline.contains(where: { if case .dispute = $0.act { true } else { false } }) {
            variants += [("disputes void", "void"), ("disputes slash", "slash"), ("no disputes", "none")].map {
                one($0, "services.*.disputes", $1)
            }
        }
        return variants + LedgerPlan.presets.map { preset($0, for: topology.ledger) }
    }

    private static func one(_ name: String, _ path: String, _ value: String) -> PolicyVariant {
        PolicyVariant(name: name, settings: [TopologySetting(path.split(separator: ".").map(String.init), value)])
    }

    /// A preset's unbonding and veto window, in the topology's own epochs.
    private static func preset(_ preset: LedgerPlan, for plan: LedgerPlan) -> PolicyVariant {
        let veto = Arithmetic.multiplyDivide(
            preset.vetoSlots, plan.slotsPerEpoch, by: preset.slotsPerEpoch, rounding: .down)
        return PolicyVariant(
            name: "as in \(preset.preset)",
            settings: [
                TopologySetting(["ledger", "unbonding-epochs"], "\(preset.unbondingEpochs)"),
                TopologySetting(["ledger", "veto"], veto == 0 ? "none" : "\(veto) slots"),
            ])
    }
}
