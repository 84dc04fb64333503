#if DEBUG
    import Attesting
    import Cryptography
    import Faults
    import Messages
    import Primitives
    import Records
    import TestSupport
    import Testing
    import Verdicts

    /// Each mistake that can be planted into the machines makes its oracle speak, and nothing else does.
    @Suite(.computing) struct PlantedBugTests {
        private static func fault(_ behaviour: Behaviour, by number: UInt32) -> FaultPlan {
            FaultPlan(
                party: .signer(OperatorIndex(number)), behaviour: behaviour, begins: .task(TaskSequence(0)),
                lasts: behaviour.defaultExtent)
        }

        /// The oracle's answer to this run, first as the machines are, then with the mistake in them.
        private static func findings(
            of oracle: Oracle, with bug: PlantedBug, in run: () -> RunRecords
        ) -> (without: Finding, with: Finding) {
            let (sound, broken) = (run(), PlantedBug.$current.withValue(bug) { run() })
            return (oracle.judge(RunHistory(sound)), oracle.judge(RunHistory(broken)))
        }

        /// Whoever is silent towards others holds its own vote, and may hold a certificate.
        private static func isSound(_ finding: Finding) -> Bool {
            finding.verdict == .holds || finding.verdict == .notApplicable
        }

        @Test func headsCountedInsteadOfStakeViolateWeight() {
            let (without, with) = Self.findings(of: .weight, with: .countHeads) {
                // Three of four, and hardly any stake.
                let network = TestNetwork(stakes: [1000, 10, 10, 10], faults: [Self.fault(.silent, by: 0)])
                network.run(until: .seconds(3))
                return network.records([])
            }
            #expect(Self.isSound(without), "\(without.account)")
            #expect(with.verdict == .violated && with.account.contains("not more than 2/3"), "\(with.account)")
        }

        @Test func theThresholdItselfTakenForAQuorumViolatesWeight() {
            let (without, with) = Self.findings(of: .weight, with: .atLeast) {
                let network = TestNetwork(stakes: [100, 100, 100], faults: [Self.fault(.silent, by: 2)])
                network.run(until: .seconds(3))
                return network.records([])
            }
            #expect(Self.isSound(without), "\(without.account)")
            #expect(with.verdict == .violated && with.account.contains("not more than 2/3"), "\(with.account)")
        }

        @Test func signaturesForNothingInParticularViolateWeight() {
            let (without, with) = Self.findings(of: .weight, with: .noDomainTag) {
                let network = TestNetwork()
                network.run(until: .seconds(3))
                return network.records([])
            }
            #expect(Self.isSound(without), "\(without.account)")
            #expect(with.verdict == .violated && with.account.contains("signature"), "\(with.account)")
        }

        @Test func aForgedVoteThatNobodyLooksAtViolatesWeight() {
            let (without, with) = Self.findings(of: .weight, with: .skipSignature) {
                let network = TestNetwork(
                    stakes: [100, 100, 100, 100], faults: [Self.fault(.silent, by: 2), Self.fault(.silent, by: 3)])
                network.run(until: .milliseconds(10))
                let task = network.issued[0]
                var forged = network.votes(by: op(0))[0]
                forged.signer = network.key(2).publicKey
                network.deliver(.attestation(forged), from: op(3), to: TestNetwork.coordinator)
                network.run(until: task.deadline - TestNetwork.beginning + .seconds(2))
                return network.records([])
            }
            #expect(Self.isSound(without), "\(without.account)")
            #expect(with.verdict == .violated && with.account.contains("signature"), "\(with.account)")
        }

        @Test func aCoordinatorThatStopsListeningAtQuorumViolatesCompleteness() {
            let (without, with) = Self.findings(of: .completeness, with: .stopAtQuorum) {
                let network = TestNetwork(faults: [Self.fault(.equivocateSplit, by: 0)])
                network.run(until: .seconds(4))
                return network.records([])
            }
            #expect(Self.isSound(without), "\(without.account)")
            #expect(with.verdict == .violated, "\(with.account)")
        }
    }
#endif
