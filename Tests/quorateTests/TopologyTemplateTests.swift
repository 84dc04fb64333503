import ArgumentParser
import Faults
import Foundation
import Messages
import Primitives
import Testing
import TopologyFormat

@testable import quorate

@Suite struct TopologyTemplateTests {
    @Test(arguments: [
        ("quorate", "My Lab", "my-lab"), ("attack", "My Lab", "attack"), ("quorate", "..", "lab"),
        ("Größe 7", "x", "gr--e-7"), ("-true-", "x", "lab"), ("quorate", "a---", "a"),
        ("abcdefghijklmnopqrstuvwxyz012345-xyz", "x", "abcdefghijklmnopqrstuvwxyz012345"),
    ])
    func itIsNamedByItsFileOrItsFolder(file: String, folder: String, name: String) throws {
        #expect(TopologyTemplate.name(file: file, folder: folder) == name)
        _ = try ScalarGrammar<String>.name.parse(name)
    }

    @Test func aNameThatWouldEndACommentIsRefused() {
        let error = #expect(throws: (any Error).self) { try InitCommand.parse(["a\nb.yaml"]) }
        #expect(error.map { InitCommand.fullMessage(for: $0).contains("control characters") } == true)
    }

    @Test(arguments: TopologyTemplate.Module.allCases)
    func itIsATopologyAndItsCommentsStandInOneColumn(module: TopologyTemplate.Module) throws {
        let text = TopologyTemplate(name: "lab", module: module, file: "lab.yaml").topology
        let topology = try Topology.parse(text, file: "lab.yaml")
        #expect(topology.name == "lab" && topology.services.map(\.module) == [module.rawValue])
        #expect(topology.faults.count == 1 && topology.expect.slashed == topology.faults.compactMap(\.signer))
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let columns = lines.compactMap { line in
            line.range(of: " # ").map { line.distance(from: line.startIndex, to: $0.lowerBound) }
        }
        #expect(Set(columns).count == 1 && lines.allSatisfy { $0.count <= 120 }, "\(columns)")
    }
}

extension FaultPlan {
    fileprivate var signer: OperatorIndex? { if case .signer(let signer) = party { signer } else { nil } }
}
