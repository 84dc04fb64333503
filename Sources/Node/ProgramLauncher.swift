import CLinux
import Glibc
import SystemPackage

/// How a program is started: as this very program in another mode, which ties itself to its parent's life and then becomes
/// the program. No other way of starting it can do the former.
///
/// It has its pipes, signals and process group already.
package enum ProgramLauncher {
    package static let option = "--launch-program"
    /// The program's environment names the operator that it works for: its copies can be told apart.
    static let operatorVariable = "QUORATE_OPERATOR"
    static let failure: Int32 = 127

    static func arguments(signer: String, _ terms: ProgramTerms) -> [String] {
        ["quorate-node", option, "\(getpid())", signer, terms.directory.string] + terms.command
    }

    /// In the child.
    ///
    /// - Parameter arguments: those after the option.
    package static func become(_ arguments: some Collection<String>) -> Never {
        let arguments = Array(arguments)
        guard arguments.count >= 4, let parent = pid_t(arguments[0]) else {
            NodeProcess.refuse("\(option) is for nodes, which start programs with it")
        }
        // First the wish, then the question: a parent that dies in between is noticed by one of them.
        guard linux_die_with_parent() == 0, getppid() == parent else { ProcessControl.end(failure) }
        let (directory, command) = (arguments[2], arguments[3...])
        guard linux_close_from(3) == 0 else { fail("its descriptors cannot be closed: \(Errno(rawValue: errno))") }
        guard chdir(directory) == 0 else { fail("its directory \(directory): \(Errno(rawValue: errno))") }
        setenv(operatorVariable, arguments[1], 1)
        var words = command.map { strdup($0) } + [nil]
        execvp(words[0]!, &words)
        fail("\(command.first ?? ""): \(Errno(rawValue: errno))")
    }

    /// By a line that the node takes for an answer.
    private static func fail(_ reason: String) -> Never {
        ProcessControl.write(ProgramAnswer.launchFailure(reason), to: STDOUT_FILENO)
        ProcessControl.end(failure)
    }
}
