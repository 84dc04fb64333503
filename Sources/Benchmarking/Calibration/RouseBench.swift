import Glibc
import Node
import NIOCore
import NIOPosix
import Primitives
import Simulation
import SystemPackage

/// One thread that now and then wakes another one, which waits for it on a processor that has gone to sleep meanwhile: to
/// find how much longer that takes than on the processor that is awake already.
final class RouseBench {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    private let pipe: (reading: SystemPackage.FileDescriptor, writing: SystemPackage.FileDescriptor)

    init() throws {
        let (reading, writing) = try SystemPackage.FileDescriptor.pipe()
        pipe = (reading, writing)
    }

    func close() throws {
        try group.syncShutdownGracefully()
        try pipe.reading.close()
        try pipe.writing.close()
    }

    /// Where there is one processor, none is ever asleep while another works.
    func measure(times: Int, into samples: inout CostSamples) throws {
        let processors = ThreadPlace.allowed
        guard let first = processors.first, let last = processors.last, first != last else {
            return samples.add(.zero, to: .rouse)
        }
        let near = try delay(from: first, to: first, times: times)
        let far = try delay(from: first, to: last, times: times)
        samples.add(max(.zero, far - near), to: .rouse)
    }

    /// From the moment at which one writes to that at which the other has read it.
    private func delay(from writer: Int, to reader: Int, times: Int) throws -> Duration {
        let loops = Array(group.makeIterator())
        let pipe = pipe
        let read = loops[0].submit {
            ThreadPlace.take([reader])
            return try (0..<times).map { _ in
                var byte: UInt8 = 0
                _ = try withUnsafeMutableBytes(of: &byte) { try pipe.reading.read(into: $0) }
                return MonotonicClock.now
            }
        }
        let written = loops[1].submit {
            ThreadPlace.take([writer])
            return try (0..<times).map { _ in
                usleep(Calibration.pause)
                let now = MonotonicClock.now
                _ = try pipe.writing.writeAll([0])
                return now
            }
        }
        let delays = zip(try read.wait(), try written.wait()).map { $0 - $1 }
        return delays.sorted()[times / 2]
    }
}
