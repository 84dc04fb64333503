/// A number that names something and is never mixed up with a number that names something else.
package protocol NumberedName: Hashable, Comparable, Sendable, CustomStringConvertible {
    associatedtype Number: FixedWidthInteger & UnsignedInteger & Sendable
    var number: Number { get }
    init(_ number: Number)
}

extension NumberedName {
    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
    package var description: String { "\(number)" }
}

/// An operator by its place in genesis; stable for the whole run.
package struct OperatorIndex: NumberedName {
    package let number: UInt32
    package init(_ number: UInt32) { self.number = number }
}

/// A restaker by its place in genesis; stable for the whole run.
package struct RestakerIndex: NumberedName {
    package let number: UInt32
    package init(_ number: UInt32) { self.number = number }
}

/// An AVS by its place in genesis; stable for the whole run.
package struct ServiceID: NumberedName {
    package let number: UInt32
    package init(_ number: UInt32) { self.number = number }
}

/// An asset by its place in the ledger's list: those of genesis first, then as they were listed.
package struct AssetID: NumberedName {
    package let number: UInt32
    package init(_ number: UInt32) { self.number = number }
    package init(_ place: Int) { number = UInt32(place) }
    package var place: Int { Int(number) }

    /// SOL itself is always the first.
    package static let native = AssetID(UInt32(0))
}

/// A base validator, to which the native pool delegates its SOL, by its place in genesis.
package struct ValidatorIndex: NumberedName {
    package let number: UInt32
    package init(_ number: UInt32) { self.number = number }
    package init(_ place: Int) { number = UInt32(place) }
    package var place: Int { Int(number) }
}

/// A proposal to list an asset; counts from 0.
package struct ProposalID: NumberedName {
    package let number: UInt32
    package init(_ number: UInt32) { self.number = number }
}

/// A challenge of a certified result that operators vote on; counts from 0.
package struct DisputeID: NumberedName {
    package let number: UInt32
    package init(_ number: UInt32) { self.number = number }
}

/// A member's place in one operator set.
package struct MemberIndex: NumberedName {
    package let number: UInt32
    package init(_ number: UInt32) { self.number = number }
    package init(_ place: Int) { number = UInt32(place) }
    package var place: Int { Int(number) }
}

/// The number of a task within its AVS; counts from 0 and is never reused.
package struct TaskSequence: NumberedName {
    package let number: UInt64
    package init(_ number: UInt64) { self.number = number }
    package var next: Self { Self(number + 1) }
}

/// A restaking epoch; counts from 0, which genesis opens.
package struct Epoch: NumberedName {
    package let number: UInt64
    package init(_ number: UInt64) { self.number = number }
    package var next: Self { Self(number + 1) }
    package func advanced(by epochs: UInt64) -> Self { Self(number + epochs) }
}

/// A tick of the ledger's own clock; counts from 0.
package struct Slot: NumberedName {
    package let number: UInt64
    package init(_ number: UInt64) { self.number = number }
}

/// How often an AVS's operator set has changed within one epoch; 0 is the set that opened the epoch.
package struct Revision: NumberedName {
    package let number: UInt32
    package init(_ number: UInt32) { self.number = number }
    package var next: Self { Self(number + 1) }
}
