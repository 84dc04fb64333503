import SystemPackage
import TestSupport

/// A shell script in a directory that goes with it.
struct Script {
    let path: FilePath
    private let scratch: Scratch

    init(_ body: String) throws {
        scratch = try Scratch()
        path = scratch.path.appending("script")
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .closeOnExec], permissions: [.ownerReadWriteExecute])
        try file.closeAfter { _ = try file.writeAll("#!/bin/sh\n\(body)\n".utf8) }
    }
}
