import Foundation
import Reports
import SystemPackage
import TestSupport
import Testing
import Verdicts

extension EndToEnd {
    /// `report.html`, looked at by a browser: at 360 and 1440 pixels, by day and by night.
    @Suite(
        .timeLimit(.minutes(3)), .enabled(if: ExternalChecks.hasBrowser, ExternalChecks.reasonWithoutBrowser))
    struct ReportPageTests {
        /// A slash and a revocation, certificates that conflict, a silence that ends, two services, tasks without a
        /// quorum, and a closed loop.
        private static let topology = """
            version: 1
            name: page
            seed: 7
            guard: written
            network: {dissemination: mesh, link: {latency: 1ms}}
            \(Networks.operators.replacing("op-1: {stake: 30 SOL}", with: "op-1: {stake: 200 SOL}"))
            services:
              squares: {module: squaring, load: {tasks: 12, rate: 40/s}, deadline: 1s, evidence-window: 1s}
              audits:
                {module: squaring, operators: op-2..op-5, load: {tasks: 40, in-flight: 4}, deadline: 400ms,
                evidence-window: 500ms}
            faults:
              - {coordinator: squares, does: coordinator-equivocates, at: task 5}
              - {operator: op-1, does: collusion}
              - {operator: op-2, does: silent, service: audits, at: task 15, for: 2 tasks}
            expect:
              slashed: [op-1]
              revoked: [squares]
              verdicts: {agreement: not-applicable, accountability: holds}

            """

        private func page(of topology: String) async throws -> (session: CommandLineSession, text: String) {
            let session = try CommandLineSession()
            try session.write(topology, to: "page.yaml")
            let run = try await session.run("run", "page.yaml", "--seed", "8")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            #expect(run.output.contains("/report.html\n"), "\(run.output)")
            let page = session.directory.appending(path: "runs/latest/report.html")
            return (session, try String(contentsOf: page, encoding: .utf8))
        }

        /// A page that is broken in any of these ways does not pass, so the same page whole means something.
        @Test func aRunsPageShowsAndABrokenOneIsFound() async throws {
            let (session, page) = try await page(of: Self.topology)
            let shown = try await ExternalChecks.look(at: ["runs/latest/report.html"], in: session)
            #expect(shown.status == 0, "\(shown.output)\(shown.errors)")
            let sections = ["slashes", "revocations", "conflicts"].map { "<section id=\"\($0)\"" }
            let missing = (sections + ["(closed loop)", "--seed 8</code>"]).filter { !page.contains($0) }
            #expect(missing == [])

            let policy = try Regex("<meta http-equiv=[^>]*>")
            let free = page.replacing(policy, with: "")
            #expect(free.count < page.count)
            let broken = [
                (page, "<div style=\"width: 1500px\">wide</div>", "stands out of the page"),
                (page, "<p style=\"width: 90px; white-space: nowrap\">too long for its box</p>", "stands out of it"),
                (page, "<script>console.log(1)</script>", "Content Security Policy"),
                (free, "<script>console.error('trouble')</script>", "console.error: trouble"),
                (free, "<script>throw Error('trouble')</script>", "exception: "),
                (free, "<style>@import 'other.css';</style>", "request for file://"),
                (page, "<h6>deep</h6>", "skips a level"),
                (page, "<p style=\"color: #999; background: #fff\">pale</p>", "can hardly be read"),
                (page, "<svg role=\"img\" width=\"9\" height=\"9\"></svg>", "has no label"),
            ]
            for (place, (page, fault, _)) in broken.enumerated() {
                try session.write(page.replacing("<footer>", with: "\(fault)<footer>"), to: "broken-\(place).html")
            }
            let outcome = try await ExternalChecks.look(at: broken.indices.map { "broken-\($0).html" }, in: session)
            #expect(outcome.status == 1 && outcome.output.isEmpty, "\(outcome.output)")
            let flaws = outcome.errors.split(separator: "\n")
            for (place, (_, fault, account)) in broken.enumerated() {
                let isFound = flaws.contains { $0.hasPrefix("broken-\(place).html: ") && $0.contains(account) }
                #expect(isFound, "\(fault): \(outcome.errors)")
            }
        }

        /// As many operators and services as a run may have, and names that want to be more than text.
        @Test func extremePagesShow() async throws {
            let session = try CommandLineSession()
            let long = String(repeating: "nobreak", count: 40)
            let hostile = "<script>alert(1)</script>\"'><img src=//evil.example onerror=alert(2)>\u{202e}"
            var wide = WideRun()
            (wide.operators, wide.services, wide.tasks, wide.slashed, wide.silent) = (200, 64, 12, 2, 40)
            var named = WideRun()
            (named.operators, named.services, named.tasks, named.slashed, named.silent) = (9, 3, 50, 1, 4)
            named.missedEvery = 5
            named.behaviour = hostile
            named.operatorName = { "\($0.isMultiple(of: 2) ? hostile : long)\($0)" }
            named.serviceName = { "\($0.isMultiple(of: 2) ? long : hostile)\($0)" }
            var many = WideRun()
            (many.tasks, many.missedEvery) = (6000, 3)
            let runs: [(name: String, run: WideRun)] = [("wide", wide), (hostile + long, named), ("long", many)]
            for (place, (name, run)) in runs.enumerated() {
                let loads = (0..<run.services).map {
                    RunContext.Load(service: run.serviceName($0), inFlight: place == 1 ? 3 : nil, account: name)
                }
                let host = HostFacts(
                    cores: 2, kernel: name, os: name, architecture: name, build: name, guardMode: name, transport: name)
                let context = RunContext(
                    name: name, seed: .max, mode: .processes, ending: .timedOut,
                    runDirectory: FilePath("runs/\(name)"), host: host, loads: loads, repetition: ["quorate", name])
                let summary = RunSummary(records: run.records, expectations: RunExpectations(), context: context)
                try session.write(ReportPage(summary).document, to: "page-\(place).html")
            }
            let names = runs.indices.map { "page-\($0).html" }
            let outcome = try await ExternalChecks.look(at: names, in: session)
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
            #expect(outcome.output.split(separator: "\n").count == names.count, "\(outcome.output)")
        }
    }
}
