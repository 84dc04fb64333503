import Attesting
import Faults
import Links
import Messages
import Primitives
import Records
import Restaking
import TopologyFormat

/// What a `Transport` does, and the network behind it: dialling, sending, breaking.
extension World {
    // MARK: Frames

    /// - Parameters:
    ///   - receiver: does not get it when the two are not connected.
    ///   - delay: from now until it leaves.
    mutating func send(
        _ parcel: Parcel, from sender: Place, to receiver: Place, leaving delay: Duration = .zero
    ) {
        guard let index = wiring.connection(sender, receiver), connections[index].isUp else { return }
        let towardHigh = sender < receiver
        figures.frames += 1
        figures.bytes += UInt64(parcel.bytes)
        connections[index][towardHigh: towardHigh].pendingBytes += parcel.bytes
        let pending = connections[index][towardHigh: towardHigh].pendingBytes
        guard pending <= Connection.pendingLimit else {
            figures.overruns += 1
            return disconnect(index, by: sender, reason: "it does not read")
        }
        figures.fullestLink = max(figures.fullestLink, pending)
        guard connections[index][towardHigh: towardHigh].blocks == 0 else {
            connections[index][towardHigh: towardHigh].held.append(parcel)
            audit.add(arrival: nil, connection: index)
            return observeSent(parcel, on: index, towardHigh: towardHigh, nil)
        }
        put(parcel, on: index, towardHigh: towardHigh, sentAt: now + delay)
    }

    mutating func put(_ parcel: Parcel, on index: Int, towardHigh: Bool, sentAt departure: Instant) {
        let start = max(departure, connections[index][towardHigh: towardHigh].resumes) + plan.costs.transit
        let arrivals =
            connections[index][towardHigh: towardHigh].link?.arrivals(of: parcel.bytes, sentAt: start)
            ?? Link.Arrivals(first: start, again: nil)
        let generation = connections[index].generation
        timetable.add(
            .arrival(parcel, connection: index, towardHigh: towardHigh, generation: generation), at: arrivals.first)
        audit.add(arrival: arrivals.first, connection: index)
        let last = max(arrivals.first, connections[index][towardHigh: towardHigh].lastArrival)
        connections[index][towardHigh: towardHigh].lastArrival = last
        if let again = arrivals.again {
            // It is charged twice, because it is taken up twice.
            connections[index][towardHigh: towardHigh].pendingBytes += parcel.bytes
            timetable.add(
                .arrival(parcel, connection: index, towardHigh: towardHigh, generation: generation), at: again)
            audit.add(arrival: again, connection: index)
        }
        observeSent(parcel, on: index, towardHigh: towardHigh, arrivals)
    }

    private mutating func observeSent(_ parcel: Parcel, on index: Int, towardHigh: Bool, _ arrivals: Link.Arrivals?) {
        guard isObserved else { return }
        let (sender, receiver) = ends(of: index, towardHigh: towardHigh)
        let (from, to) = (wiring.parties[sender.number], wiring.parties[receiver.number])
        if case .frame(let frame) = parcel.content { observe(.sent(frame, from: from, to: to, arrivals)) }
    }

    mutating func arrive(_ parcel: Parcel, on index: Int, towardHigh: Bool, _ generation: UInt32) {
        let receiver = ends(of: index, towardHigh: towardHigh).receiver
        let isCurrent = connections[index].generation == generation && connections[index].isUp
        guard isAlive(receiver), isCurrent || connections[index][towardHigh: towardHigh].draining == generation else {
            figures.lost += 1
            return
        }
        if case .frame(let frame) = parcel.content, connections[index][towardHigh: towardHigh].partial.isEmpty {
            deliver(frame, bytes: parcel.bytes, on: index, towardHigh: towardHigh, generation)
        } else {
            assemble(parcel, on: index, towardHigh: towardHigh, generation)
        }
    }

    private mutating func deliver(
        _ frame: Frame, bytes: Int, on index: Int, towardHigh: Bool, _ generation: UInt32
    ) {
        let (sender, receiver) = ends(of: index, towardHigh: towardHigh)
        guard receiver == .ledger else {
            keepTrackOfReadiness(frame, at: receiver)
            learn(frame, at: receiver)
            return enqueue(
                .frame(frame, bytes: bytes, connection: index, towardHigh: towardHigh, generation: generation),
                at: receiver)
        }
        if case .submit(let signed) = frame {
            if crashLedger(at: .receive) { return }
            tellLedger(
                .submitted(signed, from: wiring.parties[sender.number]),
                .init(bytes: bytes, connection: index, generation: generation))
        } else {
            disconnect(index, by: .ledger, reason: "a \(frame.kind) frame, which is not for the ledger")
        }
    }

    /// Bytes that need be no frames, and whatever comes after the beginning of one: read as a stream.
    private mutating func assemble(_ parcel: Parcel, on index: Int, towardHigh: Bool, _ generation: UInt32) {
        takenUp(parcel.bytes, from: index, towardHigh: towardHigh, generation)
        var bytes = connections[index][towardHigh: towardHigh].partial + parcel.wireBytes
        let receiver = ends(of: index, towardHigh: towardHigh).receiver
        do {
            while let frame = try Frame.take(from: &bytes) {
                connections[index][towardHigh: towardHigh].partialSince = nil
                deliver(frame, bytes: 0, on: index, towardHigh: towardHigh, generation)
            }
        } catch {
            return disconnect(index, by: receiver, reason: "\(error)")
        }
        guard connections[index].generation == generation else { return }
        connections[index][towardHigh: towardHigh].partial = bytes
        guard !bytes.isEmpty, connections[index][towardHigh: towardHigh].partialSince == nil else { return }
        connections[index][towardHigh: towardHigh].partialSince = now
        timetable.add(
            .isOverdue(connection: index, towardHigh: towardHigh, since: now), at: now + Connection.frameDeadline)
    }

    mutating func giveUpWaiting(for index: Int, towardHigh: Bool, since: Instant) {
        guard connections[index].isUp, connections[index][towardHigh: towardHigh].partialSince == since else { return }
        let receiver = ends(of: index, towardHigh: towardHigh).receiver
        disconnect(index, by: receiver, reason: "\(FrameError.overdue)")
    }

    /// The receiver has read so much; of a connection that is gone nothing is pending.
    mutating func takenUp(_ bytes: Int, from index: Int, towardHigh: Bool, _ generation: UInt32) {
        guard connections[index].generation == generation else { return }
        connections[index][towardHigh: towardHigh].pendingBytes -= bytes
    }

    func ends(of index: Int, towardHigh: Bool) -> (sender: Place, receiver: Place) {
        let connection = connections[index]
        return towardHigh ? (connection.low, connection.high) : (connection.high, connection.low)
    }

    // MARK: Connecting

    /// As soon as both are there and something gets through, it takes a round trip; else it is tried again later.
    mutating func dial(_ index: Int, _ generation: UInt32) {
        guard connections[index].generation == generation, !connections[index].isUp, connections[index].isWanted else {
            return
        }
        guard isAlive(connections[index].low), isAlive(connections[index].high), !connections[index].isBlocked else {
            let wait = connections[index].retry
            connections[index].retry = min(wait * 2, Connection.slowestRetry)
            return timetable.add(.dials(connection: index, generation: generation), at: now + wait)
        }
        let roundTrip = latency(of: index, towardHigh: true) + latency(of: index, towardHigh: false)
        timetable.add(
            .established(connection: index, generation: generation), at: now + roundTrip + plan.costs.transit * 2)
    }

    mutating func established(_ index: Int, _ generation: UInt32) {
        guard connections[index].generation == generation, !connections[index].isUp else { return }
        guard isAlive(connections[index].low), isAlive(connections[index].high), !connections[index].isBlocked else {
            return dial(index, generation)
        }
        connections[index].isUp = true
        connections[index].upSince = now
        let (low, high) = (connections[index].low, connections[index].high)
        observe(.connected(wiring.parties[low.number], wiring.parties[high.number]))
        for (place, peer) in [(low, high), (high, low)] {
            let party = wiring.parties[peer.number]
            if place == .ledger {
                tellLedger(.connected(party, key: genesis.key(of: party)!), nil)
            } else {
                enqueue(.connected(party), at: place)
                connected(place)
            }
        }
    }

    private func latency(of index: Int, towardHigh: Bool) -> Duration {
        connections[index][towardHigh: towardHigh].link?.terms.latency ?? .zero
    }

    func isAlive(_ place: Place) -> Bool { place == .ledger ? ledger.isAlive : nodes[place.number].isAlive }

    // MARK: Breaking

    /// One end gives it up and knows at once; the other gets what was sent before, and then learns of it.
    mutating func disconnect(_ index: Int, by place: Place, reason: String) {
        guard connections[index].isUp else { return }
        learnsOfEnd(of: index, at: place, reason)
        close(index, by: place, reason: reason)
    }

    private mutating func close(_ index: Int, by place: Place, reason: String) {
        let other = connections[index].other(than: place)
        let delay = timeToDrain(index, towardHigh: place < other)
        tear(index, by: place)
        observeEnd(of: index, reason)
        // Behind what arrives in the same moment.
        willLearnOfEnd(of: index, at: other, reason, after: delay)
        redial(index, after: delay)
    }

    /// Until the last word has come, and the word that it was the last.
    private func timeToDrain(_ index: Int, towardHigh: Bool) -> Duration {
        let word = latency(of: index, towardHigh: towardHigh) + plan.costs.transit
        return max(word, connections[index][towardHigh: towardHigh].lastArrival - now)
    }

    mutating func learnsOfEnd(of index: Int, at place: Place, _ reason: String) {
        guard isAlive(place) else { return }
        hungUp(place, from: wiring.parties[connections[index].other(than: place).number], reason)
    }

    private mutating func willLearnOfEnd(of index: Int, at place: Place, _ reason: String, after delay: Duration) {
        let peer = wiring.parties[connections[index].other(than: place).number]
        let life = nodes[place.number].life
        timetable.add(.hungUp(place, from: peer, reason: reason, life: life), at: now + delay)
    }

    /// A process has ended. Its system sees to it that what it had sent arrives, and that everybody learns of its end; where
    /// the system has lost power too, nobody learns of it before they have waited in vain, or it is back.
    ///
    /// It is dialled again until somebody is there.
    mutating func disconnectAll(of place: Place, losingPower: Bool) {
        for index in connections(of: place) where connections[index].isUp {
            guard losingPower else {
                close(index, by: place, reason: "its process has ended")
                continue
            }
            tear(index, by: place)
            connections[index].unaware = connections[index].other(than: place)
            timetable.add(
                .noticed(connection: index, generation: connections[index].generation),
                at: now + Connection.blockagePatience)
        }
    }

    /// Its host is back, and knows nothing of connections that others think they have.
    mutating func disclaimConnections(of place: Place) {
        for index in connections(of: place) {
            guard let other = connections[index].unaware, other != place else { continue }
            let delay = latency(of: index, towardHigh: place < other) + plan.costs.transit
            timetable.add(
                .noticed(connection: index, generation: connections[index].generation), at: now + delay)
        }
    }

    mutating func notice(_ index: Int, _ generation: UInt32) {
        guard connections[index].generation == generation, let place = connections[index].unaware else { return }
        connections[index].unaware = nil
        observeEnd(of: index, "nobody answers")
        learnsOfEnd(of: index, at: place, "nobody answers")
        redial(index, after: .zero)
    }

    /// Everybody is told that somebody is there again.
    mutating func redialAll(of place: Place) {
        for index in connections(of: place) where connections[index].isWanted && !connections[index].isUp {
            connections[index].retry = Connection.firstRetry
            timetable.add(.dials(connection: index, generation: connections[index].generation), at: now)
        }
    }

    private func connections(of place: Place) -> [Int] {
        wiring.parties.indices.compactMap { wiring.connection(place, Place(number: $0)) }
    }

    mutating func hungUp(_ place: Place, from party: Party, _ reason: String) {
        let peer = wiring.place(of: party)
        if let index = wiring.connection(place, peer) { connections[index][towardHigh: peer < place].draining = nil }
        if place == .ledger { return tellLedger(.disconnected(party), nil) }
        enqueue(.disconnected(party), at: place)
    }

    /// What is under way on it is lost, but for what whoever ends it has sent.
    mutating func tear(_ index: Int, by place: Place? = nil) {
        let settled = now - connections[index].upSince >= Connection.settled
        if settled { connections[index].retry = Connection.firstRetry }
        connections[index].isUp = false
        connections[index].generation += 1
        for towardHigh in [true, false] {
            figures.lost += UInt64(connections[index][towardHigh: towardHigh].held.count)
            connections[index][towardHigh: towardHigh].held = []
            connections[index][towardHigh: towardHigh].pendingBytes = 0
            connections[index][towardHigh: towardHigh].partial = []
            connections[index][towardHigh: towardHigh].partialSince = nil
            connections[index][towardHigh: towardHigh].resumes = now
            let sender = towardHigh ? connections[index].low : connections[index].high
            connections[index][towardHigh: towardHigh].draining =
                sender == place ? connections[index].generation - 1 : nil
        }
        connections[index].unaware = nil
        audit.add("break", index, at: now)
    }

    mutating func observeEnd(of index: Int, _ reason: String) {
        let (low, high) = (connections[index].low, connections[index].high)
        observe(.disconnected(wiring.parties[low.number], wiring.parties[high.number], reason: reason))
    }

    mutating func redial(_ index: Int, after delay: Duration) {
        let wait = connections[index].retry
        connections[index].retry = min(wait * 2, Connection.slowestRetry)
        timetable.add(
            .dials(connection: index, generation: connections[index].generation), at: now + delay + wait)
    }
}
