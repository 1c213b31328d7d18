import Authority
import Gate

extension HealthDesk {
    static let batch = 5_000
    /// So many connections of one provider that went out of use for one cause are one matter.
    static let many = 10

    /// Finds what changed with time alone, or for many connections at once.
    var looks: [() async throws -> Void] {
        [
            lookAtProviders, lookAtEnds, lookAtSecrets,
            {
                let changed = try await settings.changed()
                try await lookAtServers(changed)
                try await lookAtNewTools(changed)
            },
        ]
    }

    /// Remote servers that changed: told of once, again when more has changed, and once more when somebody has looked.
    private func lookAtServers(_ servers: [ChangedServer]) async throws {
        func event(_ server: ProviderID, _ standing: ConnectionStanding, _ count: Int) -> HealthEvent {
            HealthEvent(
                id: world.newID("evt"), organization: organization, subject: .server(server), provider: server,
                owner: nil, standing: standing, count: count, at: world.now())
        }
        let changed = servers.filter { $0.tools > 0 || $0.isAuthorizationChanged }
        for one in changed {
            let cause = one.tools > 0 ? ConnectionCause.toolsChanged : .authorizationChanged
            let standing = ConnectionStanding(.operatorAction, cause, code: one.tools > 0 ? "\(one.tools)" : nil)
            try await turn(event(one.server, standing, max(one.tools, 1)))
        }
        let open = Set(changed.map { HealthSubject.server($0.server) })
        for mark in try await store.healthMarks(in: organization, about: "server/", limit: HealthDesk.batch)
        where !open.contains(mark.subject) {
            try await turn(event(mark.provider, ConnectionStanding(.active, .works), mark.count))
        }
    }

    /// Secrets and keys that end: told of at each warning, and once more when somebody gave another.
    private func lookAtSecrets() async throws {
        let now = world.now()
        var warned: Set<HealthSubject> = []
        let rotations = Dictionary(
            try await store.rotations(in: organization).map { ($0.subject, $0) }, uniquingKeysWith: { $1 })
        let ends = try await store.secretEnds(in: organization)
        for rotation in rotations.values
        where rotation.step == .ending && !ends.contains(where: { $0.subject == rotation.subject }) {
            guard let standing = rotation.standing(nil, at: now) else { continue }
            warned.insert(rotation.subject)
            let end = SecretEnd(
                organization: organization, subject: rotation.subject, provider: rotation.provider, ends: now)
            try await turn(event(end, standing))
        }
        for end in ends {
            if let rotation = rotations[end.subject], rotation.covers(end, at: now) {
                // What goes round by itself is nobody's turn until it doesn't.
                guard let standing = rotation.standing(end, at: now) else { continue }
                warned.insert(end.subject)
                try await turn(event(end, standing))
                continue
            }
            guard let days = end.warning(at: now) else { continue }
            warned.insert(end.subject)
            // What a schedule ends works on.
            let state = days == 0 && !end.isScheduled ? ConnectionState.operatorAction : .expiring
            let cause = end.isScheduled ? ConnectionCause.rotationDue : .secretEnds
            try await turn(event(end, ConnectionStanding(state, cause, code: "\(days)", until: end.ends)))
        }
        for prefix in ["app/", "key/"] {
            for mark in try await store.healthMarks(in: organization, about: prefix, limit: HealthDesk.batch)
            where !warned.contains(mark.subject) {
                let end = SecretEnd(
                    organization: organization, subject: mark.subject, provider: mark.provider, ends: now)
                try await turn(event(end, ConnectionStanding(.active, .works)))
            }
        }
    }

    private func event(_ end: SecretEnd, _ standing: ConnectionStanding) -> HealthEvent {
        HealthEvent(
            id: world.newID("evt"), organization: organization, subject: end.subject, provider: end.provider,
            owner: nil, standing: standing, at: world.now())
    }

    private func lookAtProviders() async throws {
        let troubles = try await store.renewalTroubles(at: world.lasting(), many: HealthDesk.many)
            .filter { $0.organization == organization }
        for trouble in troubles { try await turn(event(trouble)) }
        let open = Set(troubles.map(\.subject))
        for mark in try await store.healthMarks(in: organization, about: "provider/", limit: HealthDesk.batch)
        where !open.contains(mark.subject) {
            try await turn(
                HealthEvent(
                    id: world.newID("evt"), organization: organization, subject: mark.subject,
                    provider: mark.provider, owner: nil, standing: ConnectionStanding(.active, .works),
                    count: mark.count, at: world.now()))
        }
    }

    private func event(_ trouble: RenewalTrouble) -> HealthEvent {
        // Its provider is asked again: nobody has to do anything.
        let state = trouble.cause == .notRenewed ? ConnectionState.expiring : .operatorAction
        return HealthEvent(
            id: world.newID("evt"), organization: organization, subject: trouble.subject, provider: trouble.provider,
            owner: nil, standing: ConnectionStanding(state, trouble.cause), count: trouble.count, at: world.now())
    }

    /// Tokens that nothing renews: told of in time, and out of use when they have ended.
    private func lookAtEnds() async throws {
        let now = world.lasting()
        let warned = now.adding(seconds: ConnectionStanding.warningSeconds)
        for id in try await store.tokensEnding(by: warned, alsoTold: false, limit: HealthDesk.batch) {
            guard let found = try await connections.standing(of: id, in: organization),
                found.standing.cause == .endsSoon
            else { continue }
            try await turn(found.record.use.turned(found.standing, by: world))
        }
        for id in try await store.tokensEnding(by: now, alsoTold: true, limit: HealthDesk.batch) {
            guard let found = try await connections.standing(of: id, in: organization), found.standing.cause == .ended
            else { continue }
            await keeper.end(found.record.use)
        }
    }
}

extension RenewalTrouble {
    var subject: HealthSubject { .provider(provider, cause) }
}

extension TokenKeeper {
    /// An attempt to renew what can't be renewed writes down that it is over.
    func end(_ use: ConnectionUse) async {
        guard let found = try? await store.tokens(of: use.facts.id) else { return }
        _ = await renewed(use, beyond: found.generation)
    }
}
