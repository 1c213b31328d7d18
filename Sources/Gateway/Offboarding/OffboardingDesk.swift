public import Authority
public import Broker
public import Gate
import Ledger
public import Registry
import Wire

/// A person leaves: one commit ends what could act as them or for them. Where one commit can't destroy all of their secrets,
/// it makes them useless, and the rest are destroyed in batches, by this process or by the next (decision 042).
public struct OffboardingDesk: Sendable {
    let administration: Administration
    let leaving: LeavingDesk
    let revocations: RevocationDesk
    let store: any DepartureStore & ApprovalStore & LeavingStore & ConnectionStore & ScheduleStore
    let organization: OrganizationID
    let world: World
    /// How many secrets one commit destroys.
    let batch: Int
    /// The organization's remote servers.
    let remotes: @Sendable () async throws -> [ProviderID]
    /// Called when somebody is to be told of what they take over.
    let told: @Sendable () -> Void

    public init(
        administration: Administration, leaving: LeavingDesk, revocations: RevocationDesk,
        store: any DepartureStore & ApprovalStore & LeavingStore & ConnectionStore & ScheduleStore,
        organization: OrganizationID, world: World, batch: Int = LeavingDesk.batch,
        remotes: @escaping @Sendable () async throws -> [ProviderID], told: @escaping @Sendable () -> Void
    ) {
        self.administration = administration
        self.leaving = leaving
        self.revocations = revocations
        self.store = store
        self.organization = organization
        self.world = world
        self.batch = batch
        self.remotes = remotes
        self.told = told
    }

    /// - Parameter heir: who gets the agents that are the person's.
    /// - Throws: `refused` when they own agents and nobody gets them.
    public func offboard(
        _ id: PersonID, agentsTo heir: PersonID?, by administrator: Administrator
    ) async throws -> OffboardingReport {
        let cut: PreparedCut
        switch try await cutOff(id, agentsTo: heir, by: administrator) {
        case .now(let made): cut = made
        case .before(let earlier): return try await again(earlier)
        }
        world.reached(.offboardingCut)
        leaving.forget(cut.batch)
        if !cut.resting.isEmpty { told() }
        // Nil for whoever was taken in again by now: then what this commit did is all there is to tell.
        let departure = try await finish(id) ?? cut.departure
        let told = await tell(cut.batch)
        return OffboardingReport(
            departure, .offboarded, cut, told, pending: try await store.revocations(for: id, in: organization))
    }

    /// What ``offboard(_:agentsTo:by:)`` would do now. Changes nothing.
    public func plan(
        _ id: PersonID, agentsTo heir: PersonID?, by administrator: Administrator
    ) async throws -> OffboardingReport {
        if let earlier = try await departure(of: id) {
            return OffboardingReport(
                earlier, .already, pending: try await store.revocations(for: id, in: organization))
        }
        let cut = try await prepared(id, agentsTo: heir, by: administrator)
        var departure = cut.departure
        departure.belongings =
            try await departure.belongings + store.belongings(of: id, in: organization, at: departure.at)
        if cut.batch.hasMore {
            departure.ended.own = try await store.connectionCounts(of: id, in: organization).values.reduce(0, +)
            // Of whom the provider can't be told is known when each is ended.
            departure.ended.untold = [:]
        }
        return OffboardingReport(departure, .planned, cut)
    }

    /// Whoever was cut off before a process died, and whose secrets are still there.
    public func unfinished() async throws -> [Departure] { try await store.openDepartures(in: organization) }

    /// Nil for who is here, and for who left before departures were kept.
    func departure(of id: PersonID) async throws -> Departure? {
        guard try await administration.person(id, in: organization).standing == .removed else { return nil }
        return try await store.departure(of: id, in: organization)
    }

    private func again(_ earlier: Departure) async throws -> OffboardingReport {
        let departure = try await finish(earlier.person) ?? earlier
        return OffboardingReport(
            departure, departure == earlier ? .already : .finished,
            pending: try await store.revocations(for: earlier.person, in: organization))
    }

    static let tries = 32

    static func unrest(_ id: PersonID) -> RegistryError {
        RegistryError(.unavailable, "things of `\(id)` change all the time", hint: "try again")
    }

    /// False when something of it has moved: it is to be read and thought over again.
    func isCommitted(_ transaction: Transaction) async throws(RegistryError) -> Bool {
        do throws(RegistryError) {
            try await administration.commit(offboarding: transaction)
            return true
        } catch {
            guard error.isCrossed || error.code == .exists else { throw error }
            return false
        }
    }

    func claim(_ id: PersonID) async throws -> PersonClaim {
        let person = try await administration.person(id, in: organization)
        return PersonClaim(person: id, email: person.email, subjects: person.subjects)
    }
}
