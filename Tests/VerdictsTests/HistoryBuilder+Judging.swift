import TestSupport
import Verdicts

extension HistoryBuilder {
    var history: RunHistory { RunHistory(records) }
    func judge(_ oracle: Oracle) -> Finding { oracle.judge(history) }
}
