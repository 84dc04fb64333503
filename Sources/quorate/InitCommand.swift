import ArgumentParser
import Foundation
import SystemPackage
import TopologyFormat

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a topology to begin with.",
        discussion: """
            The topology can be run as it is, and its comments say what each part is for. Its name is the file's, or, \
            for quorate.yaml, the folder's.

              quorate init
              quorate init lab.yaml
              quorate init lab.yaml --module exec

            For a service of your own (exec) a small program in Python is written beside it, \
            \(TopologyTemplate.programName), to put your own work into.

            Exit status: 0; 2 when a file is there already, or cannot be written.
            """)

    @Argument(help: ArgumentHelp("The file to write; it must not exist.", valueName: "file"), completion: .topology)
    var file = "\(TopologyTemplate.defaultStem).\(TopologyFiles.fileExtension)"

    @Option(
        help: ArgumentHelp(
            "What the service does: \(TopologyTemplate.Module.allCases.map(\.rawValue).joined(separator: " or ")).",
            valueName: "module"),
        completion: .list(TopologyTemplate.Module.allCases.map(\.rawValue)),
        transform: {
            try ScalarGrammar<TopologyTemplate.Module>
                .choice("a module", of: TopologyTemplate.Module.allCases.map { ($0.rawValue, $0) }).parse($0)
        })
    var module = TopologyTemplate.Module.squaring

    func validate() throws {
        guard file.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw ValidationError("a file's name with control characters would end the comments that have it")
        }
    }

    func run() throws {
        let path = FilePath(file)
        let folder = FilePath(FileManager.default.currentDirectoryPath).pushing(path).removingLastComponent()
        let template = TopologyTemplate(
            name: TopologyTemplate.name(file: path.stem ?? "", folder: folder.lastComponent?.string ?? ""),
            module: module, file: file.quotedForShell)
        let programPath = path.removingLastComponent().appending(TopologyTemplate.programName)
        if let program = template.program { try Self.create(programPath, program, instead: "a file in another folder") }
        do {
            try Self.create(path, template.topology)
        } catch {
            // Both or neither.
            if template.program != nil { unlink(programPath.string) }
            throw error
        }
        let names = template.program == nil ? "\(path)" : "\(path), \(programPath)"
        try Console.print("\(names): written; run it with: quorate run \(file.quotedForShell)")
    }

    /// Never over a file that is there.
    ///
    /// - Parameter instead: what to name where there is one.
    private static func create(
        _ path: FilePath, _ text: String, instead: String = "another file"
    ) throws(CommandFailure) {
        do {
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
        } catch Errno.fileExists {
            throw .badInput("\(path): is there already, and init overwrites nothing; name \(instead)")
        } catch {
            throw .badInput("\(path): cannot be written: \(error)")
        }
    }
}
