import Foundation
import SystemPackage
import TopologyFormat
import Node
import Primitives

package func calibrationDebug() throws {
    let path = FilePath("/tmp/costs-cal-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    for (name, n, d) in [("a", 7, NetworkPlan.Dissemination.star), ("b", 7, .mesh), ("c", 16, .star), ("d", 16, .mesh)] {
        let sub = path.appending(name)
        try FileManager.default.createDirectory(atPath: sub.string, withIntermediateDirectories: true)
        var bench = try MachineBench(try Topology.calibration(operators: n, dissemination: d, tasks: 300), directory: sub)
        try bench.run()
        print(n, d, "events", bench.events, "handle", bench.handling / max(1, bench.events), "apply", bench.applying.count, bench.applying.sorted().map { $0.nanoseconds }.dropFirst(bench.applying.count / 2).first as Any)
    }
    try GuardBench(directory: path, name: "guard").debug()
    let t = path.appending("t")
    try FileManager.default.createDirectory(atPath: t.string, withIntermediateDirectories: true)
    let bench = try TransportBench(directory: t)
    try bench.debug()
    try bench.debug()
    try bench.close()
}
