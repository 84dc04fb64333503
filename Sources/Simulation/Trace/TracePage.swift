import Attesting
import Messages
import Primitives

/// What is to be told and may not be complete yet: everything of the present moment, and what nodes will do later in their
/// turns. In the order of time, and of what was known first.
struct TracePage {
    enum Entry {
        case text(String)
        case sending(TracedSending)
        case links(TracedLinkNews)
    }

    private struct Place: Sendable {
        let number: UInt64
        let time: Instant
        let party: Party?
    }

    private struct Sending: Hashable { let frame: Frame; let sender: Party; let time: Instant }
    private struct Links: Hashable { let breakage: String?; let time: Instant }
    private struct Death { let time: Instant; let number: UInt64 }

    private var agenda = Agenda<Place>()
    private var entries: [UInt64: Entry] = [:]
    private var lastNumber: UInt64 = 0
    private var sendings: [Sending: UInt64] = [:]
    private var links: [Links: UInt64] = [:]
    private var deaths: [Party: Death] = [:]

    mutating func add(_ text: String, by party: Party?, at time: Instant) {
        _ = add(.text(text), by: party, at: time)
    }

    mutating func add(_ way: TracedSending.Way, of frame: Frame, from sender: Party, at time: Instant) {
        let key = Sending(frame: frame, sender: sender, time: time)
        if let number = sendings[key], case .sending(var sending) = entries[number] {
            sending.ways.append(way)
            entries[number] = .sending(sending)
        } else {
            let sending = TracedSending(frame: frame, sender: sender, time: time, ways: [way])
            sendings[key] = add(.sending(sending), by: nil, at: time)
        }
    }

    mutating func add(_ one: Party, _ other: Party, breakage: String?, at time: Instant) {
        let key = Links(breakage: breakage, time: time)
        if let number = links[key], case .links(var news) = entries[number] {
            news.pairs.append((one, other))
            entries[number] = .links(news)
        } else {
            links[key] = add(.links(TracedLinkNews(breakage: breakage, pairs: [(one, other)])), by: nil, at: time)
        }
    }

    /// What its process would have done later in its turn it does not do.
    mutating func died(_ party: Party, at time: Instant) { deaths[party] = Death(time: time, number: lastNumber) }

    mutating func next(before now: Instant) -> (time: Instant, Entry)? {
        while let place = agenda.next(upTo: now + .nanoseconds(-1)) {
            guard let entry = entries.removeValue(forKey: place.number) else { continue }
            switch entry {
            case .text: break
            case .sending(let sending):
                sendings[Sending(frame: sending.frame, sender: sending.sender, time: place.time)] = nil
            case .links(let news): links[Links(breakage: news.breakage, time: place.time)] = nil
            }
            if let death = place.party.flatMap({ deaths[$0] }), place.number <= death.number, place.time > death.time {
                continue
            }
            return (place.time, entry)
        }
        return nil
    }

    private mutating func add(_ entry: Entry, by party: Party?, at time: Instant) -> UInt64 {
        lastNumber += 1
        entries[lastNumber] = entry
        agenda.add(Place(number: lastNumber, time: time, party: party), at: time)
        return lastNumber
    }
}
