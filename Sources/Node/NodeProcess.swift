import Messages
import NIOCore
import NIOPosix
import SystemPackage

/// The process of one operator or coordinator: all of its work is done on the main thread's event loop.
package enum NodeProcess {
    /// Says what is wrong with how the process was started, and ends it.
    package static func refuse(_ message: String) -> Never {
        ProcessControl.write("quorate-node: \(message)\n", to: 2)
        ProcessControl.end(ProcessControl.failure)
    }

    /// Runs the node that the file describes, until the parent says stop or is gone.
    package static func run(_ path: FilePath) -> Never {
        ProcessControl.takeSignals()
        let equipment: NodeEquipment
        do {
            equipment = try NodeEquipment.open(try NodeConfiguration.read(path))
        } catch {
            ProcessControl.report(.failed("\(error)"))
            refuse("\(error)")
        }
        #if DEBUG
            ProcessControl.takePlantedBugs(of: equipment.genesis.name(of: equipment.party) ?? "")
        #endif
        UsageMeter.watch([equipment.guardFile.path])
        MultiThreadedEventLoopGroup.withCurrentThreadAsEventLoop { loop in
            let gate = PauseGate(loop)
            let node = NodeDriver(equipment, eventLoop: loop, outlet: ProcessOutlet(gate))
            let driver = NIOLoopBound(node, eventLoop: loop)
            ProcessControl.start { command in
                guard gate.passes(command) else { return }
                loop.execute { driver.value.obey(command) }
            }
            node.start()
        }
        ProcessControl.end(ProcessControl.failure)
    }
}
