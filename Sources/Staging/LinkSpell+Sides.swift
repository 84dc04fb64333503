import Messages
import Records
import TopologyFormat

extension LinkSpell {
    /// Where everybody stands whom it concerns, each once, as the records have it.
    package var sides: [(party: Party, side: Intervention.Side)] {
        isAmongAll
            ? between.map { ($0, .among) } : between.map { ($0, .between) } + and.map { ($0, .and) }
    }
}
