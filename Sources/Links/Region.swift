import Primitives

/// A place with hosts, and how far it is from the others.
///
/// Source: public one-year medians between cloud regions. What is between two hosts of one region is that between hosts
/// of one zone.
package enum Region: String, CaseIterable, Hashable, Sendable {
    case usEast1 = "us-east-1"
    case usWest2 = "us-west-2"
    case saEast1 = "sa-east-1"
    case euWest1 = "eu-west-1"
    case euCentral1 = "eu-central-1"
    case apSouth1 = "ap-south-1"
    case apSoutheast1 = "ap-southeast-1"
    case apNortheast1 = "ap-northeast-1"
    case apSoutheast2 = "ap-southeast-2"

    package func roundTrip(to other: Region) -> Duration {
        let (near, far) = (min(place, other.place), max(place, other.place))
        return .milliseconds(near == far ? 1 : Self.roundTripMilliseconds[near][far - near - 1])
    }

    /// One way: half of the round trip.
    package func latency(to other: Region) -> Duration { roundTrip(to: other) / 2 }

    /// Where it stands in the table.
    private var place: Int { Self.allCases.firstIndex(of: self)! }

    /// From each region to those after it.
    private static let roundTripMilliseconds = [
        [64, 115, 70, 93, 191, 219, 150, 200],  // us-east-1, Virginia
        [175, 118, 143, 222, 161, 98, 141],  // us-west-2, Oregon
        [178, 205, 301, 328, 259, 312],  // sa-east-1, São Paulo
        [27, 126, 179, 202, 256],  // eu-west-1, Ireland
        [129, 161, 227, 251],  // eu-central-1, Frankfurt
        [64, 134, 155],  // ap-south-1, Mumbai
        [71, 95],  // ap-southeast-1, Singapore
        [106],  // ap-northeast-1, Tokyo
    ]
}
