#if DEBUG
    import Synchronization

    /// A mistake that a test switches on, to see that an oracle finds it and that exploring runs into it.
    ///
    /// Each stands in a machine or in what drives one, never in what judges it. A release build has no such type: where one is
    /// asked about outside `#if DEBUG`, it does not compile.
    package enum PlantedBug: String, CaseIterable, Sendable {
        /// The tally takes more than the threshold of the operators for a quorum, whatever they have at stake.
        case countHeads = "count-heads"
        /// Exactly the threshold is a quorum.
        case atLeast = "at-least"
        /// Votes are signed without saying what the signature is for.
        case noDomainTag = "no-domain-tag"
        /// Nobody looks at the signatures of votes.
        case skipSignature = "skip-signature"
        /// The coordinator hears no more votes for what it has certified, nor who holds which.
        case stopAtQuorum = "stop-at-quorum"
        /// Operators vote by the newest operator set, and not by the one that the task pins.
        case epochNotPinned = "epoch-not-pinned"
        /// The guard gathers entries before it writes them, and votes go out meanwhile.
        case signBeforeSync = "sign-before-sync"
        /// A process that starts does not look at what the guard holds of earlier ones.
        case guardPerProcess = "guard-per-process"
        /// The ledger slashes one offence as often as it is reported.
        case slashTwice = "slash-twice"
        /// The ledger takes proofs for bad evidence.
        case invertedEvidenceCheck = "inverted-evidence-check"
        /// What is to be burned of a slash is burned of the protocol's fees, as far as they go; the vault keeps it.
        case burnFromWrongBucket = "burn-from-wrong-bucket"
        /// A coordinator that starts again does not submit the evidence in its guard.
        case forgetEvidence = "forget-evidence"
        /// The module squares in 64 bits, and loses what does not fit.
        case narrowSquare = "narrow-square"
        /// The guard records a statement once more whenever its vote is sent again.
        case recordAgain = "record-again"

        /// Task-local, so that tests that run side by side do not infect each other.
        @TaskLocal package static var current: PlantedBug?

        package var isOn: Bool {
            if Self.current == self { return true }
            let planted = Self.planted.load(ordering: .relaxed)
            return planted != 0 && planted & bit != 0
        }

        /// Those of this process, for all that it does.
        private static let planted = Atomic<UInt32>(0)

        private var bit: UInt32 { 1 << UInt32(Self.allCases.firstIndex(of: self)!) }

        /// What the processes of a run are told by.
        package static let variable = "QUORATE_PLANTED_BUG"

        /// Those that a text names for the process of this party: `at-least`, or `skip-signature,no-domain-tag@op-3`.
        ///
        /// - Returns: nil where it is no such text.
        package static func parse(_ text: String, for party: String) -> [PlantedBug]? {
            var bugs: [PlantedBug] = []
            for word in text.split(separator: ",", omittingEmptySubsequences: false) {
                let parts = word.split(separator: "@", maxSplits: 1)
                guard let first = parts.first, let bug = PlantedBug(rawValue: String(first)) else { return nil }
                if parts.count == 1 || parts[1] == party { bugs.append(bug) }
            }
            return bugs
        }

        /// For good.
        package static func plant(_ bugs: [PlantedBug]) {
            planted.store(bugs.reduce(0) { $0 | $1.bit }, ordering: .relaxed)
        }
    }
#endif
