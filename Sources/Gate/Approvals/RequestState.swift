public import Authority
public import Wire

/// What a client is handed to bring back when it repeats a call that waits: sealed, so that it can't be made or changed;
/// bound to the person, agent, client and call; taken once. It carries no authority: who brings it only asks again.
public struct RequestState: Sendable, Hashable {
    /// Of the name and arguments of the call, as the client gave them.
    public let call: Digest
    public let session: SessionKey
    /// The approval that the call waits for; nil where a connection or an agreement is missing.
    public let approval: ApprovalID?
    /// How often the client has come back so far.
    public let round: Int
    public let expires: Timestamp

    public init(call: Digest, session: SessionKey, approval: ApprovalID?, round: Int, expires: Timestamp) {
        self.call = call
        self.session = session
        self.approval = approval
        self.round = round
        self.expires = expires
    }
}

extension ActionGate {
    /// Seals a state under an id of its own. The id stands before it in clear.
    public func sealed(_ state: RequestState) throws -> String {
        let id = Base64.encodeURL(randomBytes(18))
        let value: JSON = [
            "call": .string(state.call.hex), "session": .string(state.session.raw),
            "approval": state.approval.map { .string($0.raw) } ?? .null, "round": .number(JSONNumber(state.round)),
            "expires": .number(JSONNumber(state.expires.microseconds)),
        ]
        return id + "." + Base64.encodeURL(try payloads.sealing.seal(value.bytes(), id: "request-state/" + id))
    }

    /// Opens what `sealed` made for this session and this call, once.
    ///
    /// - Returns: nil when it was made for somebody else or another call, altered, too old, or brought before. Which of
    ///   them isn't told.
    public func take(_ text: String, of session: SessionKey, for call: Digest) async throws -> RequestState? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[0].utf8.count == 24, let sealed = Base64.decodeURL(parts[1]),
            let bytes = try? payloads.sealing.open(sealed, id: "request-state/" + parts[0]),
            let value = try? JSON.parse(bytes), value["session"]?.stringValue == session.raw,
            value["call"]?.stringValue == call.hex, let expires = value["expires"]?.integerValue,
            let round = value["round"]?.integerValue
        else { return nil }
        let until = Timestamp(microseconds: expires)
        guard world.now() < until else { return nil }
        guard try await isFirst(.sha256(of: Array(text.utf8)), until: until) else { return nil }
        return RequestState(
            call: call, session: session, approval: value["approval"]?.stringValue.map { ApprovalID($0) },
            round: Int(clamping: round), expires: until)
    }

    /// Takes what may be brought once.
    private func isFirst(_ digest: Digest, until: Timestamp) async throws -> Bool {
        let spend = Transaction(changes: [GateChange.spendOnce(digest, until: until)])
        let result: Result<Void, CommitError>
        do throws(CommitError) {
            result = .success(try await commits.commit(spend))
        } catch {
            result = .failure(error)
        }
        switch result {
        case .success: return true
        case .failure(.exists): return false
        case .failure(let error): throw error
        }
    }

    /// A state that is handed out now lasts until then.
    public var stateExpiry: Timestamp { world.now().adding(seconds: 900) }
}

extension ActionGate {
    /// Seals a word for whoever is named, as visible ASCII.
    public func sealedLabel(_ word: String, for name: String) throws -> String {
        let id = Base64.encodeURL(randomBytes(18))
        return id + "." + Base64.encodeURL(try payloads.sealing.seal(Array(word.utf8), id: "label/\(id)/\(name)"))
    }

    /// The word that was sealed for this name; nil for anything else.
    public func openLabel(_ text: String, for name: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, text.utf8.count < 1_000, let sealed = Base64.decodeURL(parts[1]),
            let bytes = try? payloads.sealing.open(sealed, id: "label/\(parts[0])/\(name)")
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
