import Links
import Primitives
import Testing

@Suite struct RegionTests {
    @Test func theTableIsReadInBothDirections() {
        let regions = Region.allCases
        #expect(regions.count == 9)
        for (near, far) in regions.flatMap({ near in regions.map { (near, $0) } }) {
            #expect(near.roundTrip(to: far) == far.roundTrip(to: near))
            #expect(near.latency(to: far) * 2 == near.roundTrip(to: far))
        }
    }

    @Test func someOfItsPlaces() {
        #expect(Region.usEast1.roundTrip(to: .usWest2) == .milliseconds(64))
        #expect(Region.usEast1.roundTrip(to: .apSoutheast2) == .milliseconds(200))
        #expect(Region.saEast1.roundTrip(to: .apSoutheast1) == .milliseconds(328))
        #expect(Region.euWest1.roundTrip(to: .euCentral1) == .milliseconds(27))
        #expect(Region.euCentral1.latency(to: .usWest2) == .microseconds(71_500))
        #expect(Region.apSoutheast2.roundTrip(to: .apNortheast1) == .milliseconds(106))
    }

    @Test func hostsOfOneRegionAreAMillisecondApart() {
        for region in Region.allCases { #expect(region.roundTrip(to: region) == .milliseconds(1)) }
    }

    /// The k-th nearest is what a quorum of equal operators waits for; computed by hand from the table's source.
    @Test func theNearestSevenOfNine() {
        let seventh = Region.allCases.map { home in
            Region.allCases.map { home.roundTrip(to: $0) }.sorted()[6]
        }
        #expect(seventh == [191, 161, 301, 179, 205, 191, 179, 202, 251].map { .milliseconds($0) })
    }
}
