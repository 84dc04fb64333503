import Subprocess
import SystemPackage

/// One node process: its standard input is its lifeline and takes commands, its standard output speaks lines, its
/// standard error goes to its log.
///
/// The library closes every other descriptor in the child, so no child holds a sibling's lifeline; it signals through
/// a process descriptor, so nobody but the child can be hit; and it returns only when the process is reaped.
package struct ChildProcess: Sendable {
    package enum Order: Sendable {
        case tell(String)
        case kill
    }

    let executable: FilePath
    let arguments: [String]
    let log: FilePath

    package init(executable: FilePath, arguments: [String], log: FilePath) {
        self.executable = executable
        self.arguments = arguments
        self.log = log
    }

    /// Runs it to its end. Cancelling kills it.
    ///
    /// - Parameter hear: is given every line that the process writes.
    package func run(orders: AsyncStream<Order>, hear: @escaping @Sendable (String) -> Void) async -> ChildEnding {
        let logFile: FileDescriptor
        do {
            logFile = try FileDescriptor.open(
                log, .writeOnly, options: [.create, .append, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            return .neverStarted("\(log): cannot open the log: \(error)")
        }
        var hasStarted = false
        do {
            let result = try await Subprocess.run(
                .path(executable), arguments: Arguments(arguments), input: .inputWriter, output: .sequence,
                error: .fileDescriptor(logFile, closeAfterSpawningProcess: true)
            ) { execution in
                hasStarted = true
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for await order in orders {
                            // It fails when the process is gone, which its end tells better.
                            switch order {
                            case .tell(let line): _ = try? await execution.standardInputWriter.write(line + "\n")
                            case .kill: try? execution.send(signal: .kill)
                            }
                        }
                    }
                    do {
                        for try await line in execution.standardOutput.strings() { hear(line) }
                    } catch {
                        // Whoever cannot be heard has lost its voice: the end of its lifeline follows.
                    }
                    group.cancelAll()
                }
            }
            return switch result.terminationStatus {
            case .exited(let status): .exited(status)
            case .signaled(let signal): .signalled(signal)
            }
        } catch {
            return hasStarted ? .unobserved("\(error)") : .neverStarted("\(executable): \(error)")
        }
    }
}
