/// What a run's directory must hold by the word of whoever ran it: that its last files are missing shows by nothing else.
package struct RunInventory: Hashable, Sendable {
    /// How many processes each node has had, and so how many records, by name.
    package var processes: [String: UInt32]
    /// How many entries the log of interventions has.
    package var interventions: Int

    package init(processes: [String: UInt32] = [:], interventions: Int = 0) {
        self.processes = processes
        self.interventions = interventions
    }

    /// A run's whose records these are, all of them.
    package init(of records: RunRecords) {
        self.init(
            processes: Dictionary(records.nodes.map { ($0.name, $0.incarnation) }, uniquingKeysWith: max),
            interventions: records.interventions.count)
    }
}
