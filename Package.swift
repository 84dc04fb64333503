// swift-tools-version: 6.2
import PackageDescription

/// `Scripts/check` builds with this set: then every warning in our own code is an error.
let isStrict = Context.environment["QUORATE_STRICT"] == "1"

let settings: [SwiftSetting] =
    [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility")]
    + (isStrict ? [.treatAllWarnings(as: .error)] : [])

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
]
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let sqlite = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// What every target above Messages may import.
let ground: [Target.Dependency] = ["Primitives", "Cryptography", "Messages"]

func target(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(of name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude,
        swiftSettings: settings)
}

// From the ground floor up: a target imports only what stands above it here.
let package = Package(
    name: "Quorate",
    products: [
        .executable(name: "quorate", targets: ["quorate"]),
        .executable(name: "quorate-node", targets: ["quorate-node"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2"),
    ],
    targets: [
        .systemLibrary(name: "CJansson"),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CSodium"),
        target("Primitives", []),
        target("Cryptography", ["CSodium", "Primitives", system]),
        target("Messages", ["Primitives", "Cryptography"]),
        target("Services", ["Primitives"]),
        target("Attesting", ground + ["Services", heap]),
        target("Restaking", ground + ["Services"]),
        target("Faults", ground + ["Services", "Attesting"]),
        target("Links", ground),
        target("Admission", ground + [heap]),
        target("Records", ground + [system]),
        target("Verdicts", ground + ["Records", system]),
        target("TopologyFormat", ["Primitives", "Messages", "Services", "Faults", "Links", yams]),
        target(
            "Staging", ground + ["Services", "Attesting", "Restaking", "Faults", "Links", "Records", "TopologyFormat"]),
        target("Replaying", ground + ["Services", "Attesting", "Restaking", "Faults", "Records", system]),
        target(
            "Node",
            ground + ["CJansson", "CLinux", "Services", "Attesting", "Faults", "Links", "Admission", "Records", system]
                + nio),
        target(
            "LedgerNode",
            ground + ["Restaking", "Faults", "Links", "Admission", "Node", "Records", sqlite, system] + nio),
        target(
            "Simulation",
            ground + [
                "Services", "Attesting", "Restaking", "Faults", "Links", "Admission", "Records", "TopologyFormat",
                "Staging", "Replaying", deque, heap, system,
            ]),
        target(
            "Exploration",
            ground + [
                "Services", "Attesting", "Restaking", "Faults", "Links", "Records", "Verdicts", "TopologyFormat",
                "Staging", "Simulation", system,
            ]),
        target(
            "Cluster",
            ground + [
                "CLinux", "Services", "Attesting", "Restaking", "Faults", "Links", "TopologyFormat", "Staging",
                "Records",
                "Node", "LedgerNode",
                subprocess,
                system,
            ] + nio),
        target("Reports", ground + ["Restaking", "Records", "Verdicts", histogram, system]),
        target(
            "Benchmarking",
            ground + [
                "CJansson", "CLinux", "Services", "Attesting", "Restaking", "Faults", "Links", "Records", "Verdicts",
                "TopologyFormat", "Staging", "Node", "LedgerNode", "Simulation", "Cluster", "Reports", subprocess,
                system,
            ] + nio),
        .executableTarget(
            name: "quorate",
            dependencies: ground + [
                "Attesting", "Benchmarking", "Cluster", "Exploration", "Faults", "LedgerNode", "Links", "Node",
                "Records", "Replaying", "Reports", "Restaking", "Simulation", "Staging", "TopologyFormat", "Verdicts",
                argumentParser, system,
            ],
            swiftSettings: settings),
        .executableTarget(name: "quorate-node", dependencies: ground + ["Node", system], swiftSettings: settings),

        // Optimised in every build: it computes with big numbers, for a hundred thousand instructions.
        .target(
            name: "LedgerModel", dependencies: ground + ["Restaking"], path: "Tests/LedgerModel",
            swiftSettings: settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        .executableTarget(
            name: "quorate-soak", dependencies: ["Primitives", "Messages", "LedgerModel", argumentParser],
            path: "Tests/Soak",
            swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: ground + ["Records", system], path: "Tests/TestSupport",
            swiftSettings: settings),
        tests(of: "Primitives", []),
        tests(of: "Cryptography", ["Primitives", system]),
        tests(of: "Messages", ["Primitives", "Cryptography"], exclude: ["Golden"]),
        tests(of: "Services", ["Primitives"]),
        tests(of: "Attesting", ground + ["Services", "Faults", "Records", "Verdicts", "TestSupport", system]),
        tests(of: "Restaking", ground),
        tests(of: "LedgerModel", ground + ["Restaking", "TestSupport"]),
        tests(of: "Faults", ground + ["Services", "Attesting"]),
        tests(of: "Records", ground + ["TestSupport", system]),
        tests(of: "Verdicts", ground + ["Records", "TestSupport", system]),
        tests(of: "Links", ground),
        tests(of: "Admission", ground),
        tests(of: "TopologyFormat", ["Primitives", "Messages", "Services", "Faults", "Links"]),
        tests(of: "Staging", ground + ["Faults", "Links", "Records", "Restaking", "TopologyFormat"]),
        tests(
            of: "Simulation",
            ground + [
                "Services", "Attesting", "Restaking", "Faults", "Links", "Records", "Verdicts", "TopologyFormat",
                "Staging", "Replaying", "TestSupport", system,
            ], exclude: ["Transcripts"]),
        tests(
            of: "Exploration",
            ground + [
                "Faults", "Links", "Records", "Verdicts", "TopologyFormat", "Staging", "Simulation", "TestSupport",
                system,
            ]),
        tests(
            of: "Replaying",
            ground + ["Services", "Attesting", "Restaking", "Faults", "Records", "TestSupport", system]),
        tests(
            of: "Node",
            ground
                + [
                    "Services", "Attesting", "Faults", "Links", "Records", "TestSupport", "quorate-node", nioEmbedded,
                    system,
                ]
                + nio),
        tests(of: "LedgerNode", ground + ["Restaking", "Node", "Records", "TestSupport", sqlite, system] + nio),
        tests(
            of: "Cluster",
            ground
                + [
                    "Attesting", "Restaking", "Faults", "Links", "TopologyFormat", "Staging", "Records", "Node",
                    "LedgerNode", "TestSupport", system,
                ] + nio),
        tests(of: "Reports", ground + ["Records", "Restaking", "Services", "TestSupport", "Verdicts", system]),
        tests(
            of: "Benchmarking",
            ground + [
                "Restaking", "TopologyFormat", "Records", "Verdicts", "Node", "Cluster", "Reports", "TestSupport",
                system,
            ]),
        .testTarget(
            name: "quorateTests",
            dependencies: ground + [
                "Benchmarking", "Cluster", "Exploration", "LedgerNode", "Node", "Records", "Reports", "Restaking",
                "Simulation",
                "Staging", "TopologyFormat", "Verdicts", "TestSupport", "quorate", argumentParser, system,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ground + [
                "Cluster", "Faults", "LedgerNode", "Links", "Node", "Records", "Reports", "Restaking", "TestSupport",
                "Verdicts", "quorate", "quorate-node", system,
            ] + nio,
            exclude: ["External"], swiftSettings: settings),
    ]
)
