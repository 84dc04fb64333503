#if DEBUG
    import Glibc
    import Primitives

    extension ProcessControl {
        /// Takes up the mistakes that a test plants in the processes of a run, by their environment. Only a process that is
        /// judged by others asks for them.
        package static func takePlantedBugs(of party: String) {
            guard let value = getenv(PlantedBug.variable) else { return }
            let text = String(cString: value)
            guard let bugs = PlantedBug.parse(text, for: party) else {
                let known = PlantedBug.allCases.map(\.rawValue).joined(separator: ", ")
                let message = "\(PlantedBug.variable): \(text) names no planted bugs; they are \(known)"
                report(.failed(message))
                write("\(message)\n", to: STDERR_FILENO)
                end(failure)
            }
            PlantedBug.plant(bugs)
        }
    }
#endif
