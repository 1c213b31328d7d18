public import Authority
import Broker
import Gate
public import Registry

extension OffboardingDesk {
    /// Destroys what the cut left of a person's secrets. Several processes may do it at once; it goes on where another left.
    ///
    /// - Returns: the departure as it is now; nil when the person has come back.
    @discardableResult
    public func finish(_ id: PersonID) async throws -> Departure? {
        var crossings = 0
        while true {
            // Read first: a commit of somebody else at the same departure makes this one fail.
            let unmoved = await administration.readings(of: [.person(organization, id)])
            guard var departure = try await store.departure(of: id, in: organization) else { return nil }
            let batch = try await leaving.rest(
                of: try await claim(id), in: organization, by: departure.by, limit: batch)
            guard !batch.isEmpty || departure.isOpen else { return departure }
            departure.ended = departure.ended + EndedConnections(batch)
            var transaction = Transaction(requires: unmoved, bumps: [.person(organization, id)])
            transaction.add(batch.transaction)
            if batch.isEmpty {
                departure.isOpen = false
                transaction.leaves.append(try departure.leaf(at: world.now()))
            }
            transaction.changes.append(DepartureChange.keep(departure))
            guard try await isCommitted(transaction) else {
                crossings += 1
                guard crossings < OffboardingDesk.tries else { throw OffboardingDesk.unrest(id) }
                continue
            }
            leaving.forget(batch)
            world.reached(.offboardingBatch)
            crossings = 0
            if !departure.isOpen, !batch.hasMore { return departure }
        }
    }
}
