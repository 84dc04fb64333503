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
        MultiThreadedEventLoopGroup.withCurrentThreadAsEventLoop { loop in
            let driver = NIOLoopBoundBox<NodeDriver?>(nil, eventLoop: loop)
            ProcessControl.start { command in
                loop.execute { driver.value?.obey(command) }
            }
            do {
                let equipment = try NodeEquipment.open(try NodeConfiguration.read(path))
                let node = NodeDriver(equipment, eventLoop: loop, outlet: ProcessOutlet())
                driver.value = node
                node.start()
            } catch {
                ProcessControl.write("quorate-node: \(error)\n", to: 2)
                ProcessControl.report(.failed("\(error)"))
                ProcessControl.end(ProcessControl.failure)
            }
        }
        ProcessControl.end(ProcessControl.failure)
    }
}
