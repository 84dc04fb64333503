import Dispatch
import Glibc

/// Ctrl-C, SIGTERM and the loss of the terminal as elements of a stream, instead of this process' death. Children get the default back.
package final class StopSignals {
    package let arrivals: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]
    private static let numbers = [SIGINT, SIGTERM, SIGHUP]

    package init() {
        let (arrivals, feed) = AsyncStream<Void>.makeStream()
        self.arrivals = arrivals
        sources = Self.numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                feed.yield()
                // Of a terminal that is closed, a shell and the system both tell: that is one wish, not two.
                if number == SIGHUP { source.cancel() }
            }
            source.resume()
            return source
        }
    }

    /// From here on they end this process again.
    package func restore() {
        for source in sources { source.cancel() }
        for number in Self.numbers { signal(number, SIG_DFL) }
    }
}
