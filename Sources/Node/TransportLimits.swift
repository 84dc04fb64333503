import NIOCore

/// What a connection may cost and how long it may take.
package enum TransportLimits {
    /// From the opening of a connection until the other side has said who it is.
    package static let handshake = TimeAmount.seconds(5)
    /// From the first byte of a frame to its last.
    package static let frame = TimeAmount.seconds(5)
    /// Accepted connections that have not said yet who they are; more are closed at once. Above what a large network
    /// opens when it starts.
    package static let strangers = 2048
    /// Bytes that wait for one peer; one that lets more pile up does not read and is disconnected.
    package static let pendingBytes = 8 * 1024 * 1024
    /// A connection that has been silent for this long makes room for a newer one of the same party.
    package static let silence = TimeAmount.seconds(1)
    /// A dialled connection that lived for this long was a good one: the next attempt comes soon again.
    package static let settled = TimeAmount.seconds(1)
    /// The wait before the second attempt to reach a peer; doubles up to `slowestRetry`.
    package static let firstRetry = TimeAmount.milliseconds(20)
    package static let slowestRetry = TimeAmount.seconds(1)
    /// A connection on which nothing has got through for so long breaks.
    package static let blockage = TimeAmount.seconds(3)
    package static let connect = TimeAmount.seconds(1)
    static let backlog: Int32 = 512
}
