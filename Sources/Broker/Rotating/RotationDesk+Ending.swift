import Authority
import Gate
import OAuth
import Wire

extension RotationDesk {
    /// Ends what is under way. A key that was uploaded and isn't used yet is deleted there; where it is in use already, the one
    /// before is, if it may be. What wasn't uploaded is forgotten.
    func end(_ rotation: KeyRotation, _ now: any RotationHolder) async throws(RotationStop) -> KeyRotation? {
        if rotation.sealed.isEmpty {
            try await endResting(rotation, now)
        } else {
            try await withdraw(rotation, now)
        }
        return nil
    }

    private func withdraw(_ rotation: KeyRotation, _ now: any RotationHolder) async throws(RotationStop) {
        let id = try await uploaded(rotation, now)
        if let id { try await forget(id, now) }
        let over = rotation.over
        var fields: JSONObject = [:]
        fields["key"] = id.map { .string($0) }
        guard let leaf = leaf("withdrawn", over, fields) else { throw .later(nil) }
        do {
            try await commits.commit(
                Transaction(requires: [now.unmoved], changes: over.dropped, leaves: [leaf]))
        } catch {
            throw .elsewhere
        }
    }

    /// What the provider calls the one that follows, told by its public half whatever the row says; nil where it doesn't know it.
    private func uploaded(_ rotation: KeyRotation, _ now: any RotationHolder) async throws(RotationStop) -> String? {
        switch try await now.found(try following(rotation), by: self) {
        case .listed(let id): return id
        case .missing: return nil
        case .taken: throw .problem(RotationStop.oldLeft)
        }
    }

    private func endResting(_ rotation: KeyRotation, _ now: any RotationHolder) async throws(RotationStop) {
        var before: String?
        if now.isResting {
            let (token, _) = try await token(now)
            before = try await now.idBefore(rotation.keyID, token, by: self)
            if let before { try await forget(before, now) }
        }
        var more: JSONObject = [:]
        more["removed"] = before.map { .string($0) }
        do throws(BrokerError) {
            try await now.finish(
                rotation.over.dropped, at: world.now(), isLeft: now.isResting && before == nil, more)
        } catch {
            throw .elsewhere
        }
    }

    /// Has the provider delete it; what it doesn't know any more is no fault.
    private func forget(_ id: String, _ now: any RotationHolder) async throws(RotationStop) {
        let (token, _) = try await token(now)
        let answer = try await ask(with: token) { () throws(GrantFault) in
            try now.removing(id, now: world.now().seconds)
        }
        guard answer.isGood || answer.status == 404 else { throw answer.stop }
    }
}

extension KeyRotation {
    /// What is done when nobody wants it any more. A key that the provider may know is taken back first; where that can't be done
    /// and it is said again, it is left to whoever says so.
    func ended(at now: Timestamp) -> [RotationChange] {
        switch step {
        case .waiting: return over.dropped
        // Nobody has begun to upload it.
        case .adding where attempts == 0: return over.dropped
        // An upload may be under way.
        case .adding: return [.step(following(.ending, at: now.adding(seconds: RotationDesk.claimSeconds)))]
        case .proving, .resting, .removing: return [.step(following(.ending, at: now))]
        case .ending where problem != nil: return over.dropped
        case .ending: return [.step(hurried(at: now))]
        }
    }

    /// To be tried now: but what waits until an upload has surely ended waits on.
    func hurried(at now: Timestamp) -> KeyRotation {
        var next = self
        if step != .ending || attempts > 0 { next.due = now }
        next.version += 1
        return next
    }

    /// What may be left at the provider once this is forgotten here.
    var left: String? {
        guard step == .ending else { return nil }
        return sealed.isEmpty ? keyID : nextID
    }

    /// One more version, so that it is dropped only as it was read.
    var over: KeyRotation {
        var next = self
        (next.sealed, next.version) = ([], version + 1)
        return next
    }

    var dropped: [RotationChange] { [.step(self), .drop(subject, organization)] }
}

extension KeyRotation {
    /// What whoever runs the account's project does where a key that isn't used can't be deleted from here.
    var stepToEnd: String? {
        guard let connection else { return nil }
        let account = place.object
        let byHand =
            left.map { "`gcloud iam service-accounts keys delete \($0) --iam-account \(account)`" }
            ?? "in the list of `\(account)`'s keys the one that was uploaded last"
        return
            "it is tried again by itself, or now with `deputy connections rotate \(connection) --now`; or delete the key that "
            + "isn't used there by hand, \(byHand), and say `deputy connections rotate \(connection) --every never` again"
    }
}
