#if DEBUG
    /// A mistake that a test switches on, to see that an oracle finds it and that exploring runs into it.
    ///
    /// Each stands in a machine, never in what judges it. A release build has no such type: where one is asked about
    /// outside `#if DEBUG`, it does not compile.
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
        /// The ledger slashes one offence as often as it is reported.
        case slashTwice = "slash-twice"
        /// The ledger takes proofs for bad evidence.
        case invertedEvidenceCheck = "inverted-evidence-check"
        /// A coordinator that starts again does not submit the evidence in its guard.
        case forgetEvidence = "forget-evidence"

        /// Task-local, so that tests that run side by side do not infect each other.
        @TaskLocal package static var current: PlantedBug?

        package var isOn: Bool { Self.current == self }
    }
#endif
