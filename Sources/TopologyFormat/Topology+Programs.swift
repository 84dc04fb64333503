import Foundation

extension Topology {
    /// The directory in which the programs of a topology run: its own.
    ///
    /// - Parameter file: the topology's path.
    package static func programDirectory(of file: String) -> String {
        URL(filePath: file).resolvingSymlinksInPath().deletingLastPathComponent().path
    }

    /// Whether every program can be found here and be run. It can still vanish before it is started.
    ///
    /// - Throws: a mistake for each that cannot.
    package func checkPrograms(file: String) throws(TopologyErrors) {
        let mistakes = services.compactMap { service -> TopologyError? in
            guard let program = service.program, let name = program.command.first,
                let message = Self.reasonNotToRun(name, in: Self.programDirectory(of: file))
            else { return nil }
            return TopologyError(
                file: file, position: program.position, path: "services.\(service.name).command", message: message)
        }
        if !mistakes.isEmpty { throw TopologyErrors(mistakes) }
    }

    /// A program takes real time, whatever the clocks of a simulation say.
    ///
    /// - Parameter file: what errors call it.
    package func refusePrograms(file: String) throws(TopologyErrors) {
        let mistakes = services.compactMap { service -> TopologyError? in
            guard let program = service.program else { return nil }
            return TopologyError(
                file: file, position: program.position, path: "services.\(service.name).command",
                message: "a program runs in real time, which no simulation reaches; quorate run runs it")
        }
        if !mistakes.isEmpty { throw TopologyErrors(mistakes) }
    }

    private static func reasonNotToRun(_ name: String, in directory: String) -> String? {
        guard name.contains("/") else {
            let places = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
            if places.contains(where: { isProgram("\($0)/\(name)") }) { return nil }
            let isBeside = FileManager.default.fileExists(atPath: "\(directory)/\(name)")
            return "\(name.abridged) is not in PATH"
                + (isBeside ? "; write ./\(name) for the one beside this file" : "; is it installed?")
        }
        let path = name.hasPrefix("/") ? name : "\(directory)/\(name)"
        if isProgram(path) { return nil }
        guard FileManager.default.fileExists(atPath: path) else {
            return "\(name.abridged) is not there; it is looked for from \(directory)"
        }
        return "\(name.abridged) cannot be run; is it a program, and executable (chmod +x)?"
    }

    private static func isProgram(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
