import Primitives
import Testing

@Suite struct InstantTests {
    private let last = Instant(nanoseconds: UInt64(Int64.max))

    @Test func timeBetweenTwoReadingsHasASign() {
        let (early, late) = (Instant(nanoseconds: 5), Instant(nanoseconds: 12))
        #expect(late - early == .nanoseconds(7))
        #expect(early - late == .nanoseconds(-7))
        #expect(early + .nanoseconds(7) == late)
        #expect(late + .nanoseconds(-7) == early)
        #expect(Instant(nanoseconds: 0) - last == .nanoseconds(-Int64.max))
    }

    @Test func additionStaysBetweenTheFirstAndTheLastInstant() {
        #expect(last + .nanoseconds(1) == last)
        #expect(last + .nanoseconds(Int64.max) == last)
        #expect(Instant(nanoseconds: 3) + .nanoseconds(-4) == Instant(nanoseconds: 0))
    }

    @Test func durationsCountWholeNanoseconds() {
        #expect(Duration.milliseconds(3).nanoseconds == 3_000_000)
        #expect(Duration.nanoseconds(Int64.max).nanoseconds == .max)
        #expect(Duration.nanoseconds(Int64.min).nanoseconds == .min)
        #expect(Duration.microseconds(1_500).inMilliseconds == 1.5)
    }
}
