import Authority
import Gate
import OAuth
import Vault
import Wire

extension RotationDesk {
    /// A certificate holds for so long beyond the day on which it is to be replaced.
    private static let spareDays: Int64 = 90

    /// Makes the key that follows, and seals it before anybody hears of it.
    func make(_ rotation: KeyRotation, _ now: RotationSituation) async throws(RotationStop) -> KeyRotation? {
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
        try await keep(next, "app.key.made", now, ["certificate": .string(made.certificate.thumbprint)])
        return next
    }

    /// Tells the provider of it. Where an answer was lost, a token says first whether it was told.
    func add(_ rotation: KeyRotation, _ now: RotationSituation) async throws(RotationStop) -> KeyRotation? {
        let new = try following(rotation)
        if rotation.attempts > 1, try await isTaken(new, now) { return try await install(rotation, new, now) }
        let (token, prover) = try await token(now)
        let answer = try await ask(with: token) { () throws(GrantFault) in
            try now.graph.adding(
                new.certificate, named: "deputy \(new.certificate.notBefore)", provedBy: prover,
                now: world.now().seconds)
        }
        guard answer.isGood else { throw answer.stop }
        var next = rotation.following(.proving, at: world.now())
        next.nextID = GraphKeys.id(in: answer)
        try await keep(next, "app.key.added", now, next.named)
        return next
    }

    private static let mostProofs: Int64 = 10

    /// Asks for a token with it. A directory takes a while to know a new key everywhere.
    func prove(_ rotation: KeyRotation, _ now: RotationSituation) async throws(RotationStop) -> KeyRotation? {
        let new = try following(rotation)
        guard try await isTaken(new, now) else {
            throw rotation.attempts < RotationDesk.mostProofs ? .later(nil) : .problem(RotationStop.newRefused)
        }
        return try await install(rotation, new, now)
    }

    /// Puts the proven one in its place, with the one before behind it.
    private func install(
        _ rotation: KeyRotation, _ new: CertifiedKey, _ now: RotationSituation
    ) async throws(RotationStop) -> KeyRotation? {
        var next = rotation.following(.resting, at: world.now().adding(seconds: rotation.grace))
        next.sealed = []
        var pair = SecretPair.bytes(now: ClientKey(new).stored.bytes(), before: ClientKey(now.key).stored.bytes())
        defer { wipe(&pair) }
        let ends = Timestamp(microseconds: new.certificate.notAfter * 1_000_000)
        do throws(BrokerError) {
            let record = now.record.holding(try apps.sealed(pair, now.record.id), isRotating: true)
            try await apps.commit(
                [AppChange.keep(record), try await apps.change(of: ends, record), RotationChange.step(next)],
                "app.key.replaced", record, under: now.unmoved, by: "gateway",
                more: next.named.merging(["certificate": .string(new.certificate.thumbprint)]))
        } catch {
            throw .elsewhere
        }
        return rotation.grace == 0 ? next : nil
    }

    /// Tells the provider to forget the one before.
    func remove(_ rotation: KeyRotation, _ now: RotationSituation) async throws(RotationStop) -> KeyRotation? {
        guard let before = now.before else { return try await finish(rotation, now, nil) }
        let (token, _) = try await token(now, orBefore: false)
        guard let id = try await id(of: before, rotation, now, token) else {
            return try await finish(rotation, now, RotationStop.oldLeft)
        }
        let answer = try await ask(with: token) { () throws(GrantFault) in
            try now.graph.removing(id, provedBy: now.key, now: world.now().seconds)
        }
        // Where an answer was lost the key may be gone already: then the provider refuses it.
        if !answer.isGood, answer.status != 404 {
            guard !answer.isTransient, rotation.attempts > 1, try await !isTaken(before, now) else { throw answer.stop }
        }
        return try await finish(rotation, now, nil)
    }

    /// - Parameter problem: what is left to somebody; nil when nothing is.
    private func finish(
        _ rotation: KeyRotation, _ now: RotationSituation, _ problem: String?
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
            standing: ConnectionStanding(.active, .keyRotated, code: now.key.certificate.thumbprint), at: at)
        do throws(BrokerError) {
            var bytes = ClientKey(now.key).stored.bytes()
            defer { wipe(&bytes) }
            let record = now.record.holding(try apps.sealed(bytes, now.record.id), isRotating: false)
            try await apps.commit(
                [AppChange.keep(record), RotationChange.step(next), HealthChange.turn(event)],
                problem == nil ? "app.key.removed" : "app.key.left", record, under: now.unmoved, by: "gateway",
                more: more)
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
    fileprivate func merging(_ more: JSONObject) -> JSONObject {
        var all = self
        for (name, value) in more.members { all[name] = value }
        return all
    }
}
