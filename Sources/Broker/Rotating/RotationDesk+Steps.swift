import Authority
import Gate
import OAuth
import Vault
import Wire

extension RotationDesk {
    /// A certificate holds for so long beyond the day on which it is to be replaced.
    private static let spareDays: Int64 = 90

    /// Makes the key that follows, and seals it before anybody hears of it.
    func make(_ rotation: KeyRotation, _ now: any RotationHolder) async throws(RotationStop) -> KeyRotation? {
        let seconds = world.now().seconds
        let days = (now.end?.every ?? RotationDesk.spareDays) + RotationDesk.spareDays
        let made: CertifiedKey
        do throws(GrantFault) {
            made = try CertifiedKey.made(named: "deputy", from: seconds - 300, until: seconds + days * 86_400)
        } catch {
            throw .later(nil)
        }
        var bytes = ClientKey(made).stored.bytes()
        defer { wipe(&bytes) }
        var next = rotation.following(.adding, at: world.now())
        do throws(VaultError) {
            next.sealed = try keys.sealPayload(bytes, id: rotation.id)
        } catch {
            throw .later(nil)
        }
        try await keep(next, "made", now, ["certificate": .string(made.certificate.thumbprint)])
        return next
    }

    /// Tells the provider of it. Where an answer was lost, it is asked first whether it was told.
    func add(_ rotation: KeyRotation, _ now: any RotationHolder) async throws(RotationStop) -> KeyRotation? {
        let new = try following(rotation)
        if rotation.attempts > 1 {
            switch try await now.found(new, by: self) {
            case .missing: break
            case .taken: return try await install(rotation, new, now)
            case .listed(let id): return try await prove(rotation, by: id, now)
            }
        }
        let (token, prover) = try await token(now)
        let answer = try await ask(with: token) { () throws(GrantFault) in
            try now.adding(new, provedBy: prover, now: world.now().seconds)
        }
        guard answer.isGood else { throw answer.stop }
        return try await prove(rotation, by: try now.id(in: answer), now)
    }

    /// The provider has been told of it, and calls it so.
    private func prove(
        _ rotation: KeyRotation, by id: String?, _ now: any RotationHolder
    ) async throws(RotationStop) -> KeyRotation {
        var next = rotation.following(.proving, at: world.now())
        next.nextID = id
        try await keep(next, "added", now, next.named)
        return next
    }

    private static let mostProofs: Int64 = 10

    /// Asks for a token with it. A directory takes a while to know a new key everywhere.
    func prove(_ rotation: KeyRotation, _ now: any RotationHolder) async throws(RotationStop) -> KeyRotation? {
        let new = try following(rotation)
        guard try await token(by: .next(new, id: rotation.nextID), now) != nil else {
            throw rotation.attempts < RotationDesk.mostProofs ? .later(nil) : .problem(RotationStop.newRefused)
        }
        return try await install(rotation, new, now)
    }

    /// Puts the proven one in its place, with the one before behind it.
    private func install(
        _ rotation: KeyRotation, _ new: CertifiedKey, _ now: any RotationHolder
    ) async throws(RotationStop) -> KeyRotation? {
        var next = rotation.following(.resting, at: world.now().adding(seconds: rotation.grace))
        next.sealed = []
        do throws(BrokerError) {
            try await now.install(new, next, at: world.now())
        } catch {
            throw .elsewhere
        }
        return rotation.grace == 0 ? next : nil
    }

    /// Tells the provider to forget the one before.
    func remove(_ rotation: KeyRotation, _ now: any RotationHolder) async throws(RotationStop) -> KeyRotation? {
        guard now.isResting else { return try await finish(rotation, now, nil) }
        let (token, _) = try await token(now, orBefore: false)
        guard let id = try await now.idBefore(rotation.keyID, token, by: self) else {
            return try await finish(rotation, now, RotationStop.oldLeft)
        }
        let answer = try await ask(with: token) { () throws(GrantFault) in
            try now.removing(id, now: world.now().seconds)
        }
        // Where an answer was lost the key may be gone already: then the provider refuses it.
        if !answer.isGood, answer.status != 404 {
            guard !answer.isTransient, rotation.attempts > 1, try await self.token(by: .before, now) == nil else {
                throw answer.stop
            }
        }
        return try await finish(rotation, now, nil)
    }

    /// - Parameter problem: what is left to somebody; nil when nothing is.
    private func finish(
        _ rotation: KeyRotation, _ now: any RotationHolder, _ problem: String?
    ) async throws(RotationStop) -> KeyRotation? {
        let at = world.now()
        let due =
            now.end.map { KeyRotation.due(every: $0.every ?? RotationDesk.spareDays, said: $0.said, given: at) }
            ?? at.adding(seconds: RotationDesk.spareDays * 86_400)
        var next = rotation.following(.waiting, at: due)
        (next.keyID, next.nextID, next.problem) = (rotation.nextID, nil, problem)
        var more = next.named
        more["removed"] = rotation.keyID.map { .string($0) }
        more["code"] = problem.map { .string($0) }
        let event = HealthEvent(
            id: world.newID("evt"), organization: rotation.organization, subject: rotation.subject,
            provider: rotation.provider, owner: nil,
            standing: ConnectionStanding(.active, .keyRotated, code: now.name), at: at)
        do throws(BrokerError) {
            try await now.finish(
                [RotationChange.step(next), HealthChange.turn(event)], at: at, isLeft: problem != nil, more)
        } catch {
            throw .elsewhere
        }
        return nil
    }
}

extension KeyRotation {
    /// The next step, begun at that time.
    func following(_ step: RotationStep, at due: Timestamp) -> KeyRotation {
        var next = self
        (next.step, next.attempts, next.due, next.problem) = (step, 0, due, nil)
        next.version += 1
        return next
    }

    /// What the provider calls the one that follows, for the ledger.
    var named: JSONObject {
        guard let id = nextID ?? keyID else { return [:] }
        return ["key": .string(id)]
    }
}

extension JSONObject {
    func merging(_ more: JSONObject) -> JSONObject {
        var all = self
        for (name, value) in more.members { all[name] = value }
        return all
    }
}
