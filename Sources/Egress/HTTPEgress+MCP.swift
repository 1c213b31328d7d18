import AsyncHTTPClient
import Authority
import Broker
import Gate
import NIOHTTP1
import Synchronization
import Wire

/// Sessions of servers that speak 2025-11-25. Each belongs to the connection that made it, by id and generation, and to whom
/// it was made for: what a server keeps of one person's session never serves another, also where both come without a
/// credential or with one that the agent holds; and a connection that is gone takes its sessions with it.
final class UpstreamSessions: Sendable {
    struct Key: Hashable {
        let origin: String
        let path: String
        /// The connection and its generation; nil for a server that wants no credential.
        let connection: String?
        /// Nil for an errand.
        let speaker: Speaker?
    }

    /// Who speaks, and on whose behalf.
    struct Speaker: Hashable {
        let organization: OrganizationID
        let agent: AgentID
        let principal: PersonID?

        init(of call: JudgedCall) {
            organization = call.organization
            agent = call.agent
            principal = call.principal
        }

        init(organization: OrganizationID, agent: AgentID, principal: PersonID?) {
            self.organization = organization
            self.agent = agent
            self.principal = principal
        }
    }

    /// A server that wants no session has an empty one.
    private let sessions = Mutex<[Key: String]>([:])

    func session(_ key: Key) -> String? { sessions.withLock { $0[key] } }

    func keep(_ session: String, for key: Key) {
        sessions.withLock {
            if $0.count >= 10_000 { $0.removeAll() }
            $0[key] = session
        }
    }

    func drop(_ key: Key) { _ = sessions.withLock { $0.removeValue(forKey: key) } }

    /// All of a connection, whatever its generation.
    func drop(of connection: ConnectionID) {
        sessions.withLock { sessions in
            sessions = sessions.filter { $0.key.connection?.hasPrefix("\(connection)/") != true }
        }
    }
}

extension HTTPEgress {
    /// One message to a remote server, with the handshake that its version asks for first. A session that the server has
    /// forgotten (404) is made anew and the message sent again: a server that doesn't know the session has done nothing.
    func converse(
        _ step: Step, _ carriage: MCPCarriage, at origin: String, with credential: borrowing Credential,
        connection: String?, speaker: UpstreamSessions.Speaker?
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        guard !carriage.isModern else {
            return try await exchange(step, at: origin, with: credential)
        }
        let key = UpstreamSessions.Key(origin: origin, path: step.path, connection: connection, speaker: speaker)
        for isLast in [false, true] {
            let session: String
            if let known = sessions.session(key) {
                session = known
            } else {
                switch try await handshake(step, at: origin, with: credential) {
                case .session(let new): session = new
                case .refused(let answer): return answer
                }
                sessions.keep(session, for: key)
            }
            let answer = try await exchange(
                step.adding(session), at: origin, with: credential)
            let isForgotten = answer.status == 404 && !session.isEmpty
            if isForgotten { sessions.drop(key) }
            if !isForgotten || isLast { return answer }
        }
        throw .notSent("the server forgets its sessions at once")
    }

    private enum Handshake {
        /// Its id; empty when the server wants none.
        case session(String)
        /// The server refuses the credential, and says why.
        case refused(UpstreamAnswer)
    }

    /// `initialize` and `notifications/initialized`.
    private func handshake(
        _ step: Step, at origin: String, with credential: borrowing Credential
    ) async throws(UpstreamFailure) -> Handshake {
        let hello = try await exchange(
            step.saying(MCPClientMessage.initialize(id: "hello"), "hello"), at: origin, with: credential)
        // Nothing of the call itself was sent, and what goes on is the credential's matter.
        if hello.status == 401 || hello.status == 403 { return .refused(hello) }
        let response = MCPServerMessage.response(
            in: hello.body, mediaType: hello.header("content-type") ?? "", id: "hello")
        guard hello.status < 300, response?["result"] != nil else {
            // Its version was refused: nothing of the call itself was sent.
            throw .notSent("the server refuses the handshake (\(hello.status))")
        }
        let session = hello.header("mcp-session-id") ?? ""
        guard session.utf8.count < 1_000, session.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .notSent("the server's session id can't be a header")
        }
        _ = try await exchange(
            step.saying(MCPClientMessage.initialized, "").adding(session), at: origin, with: credential)
        return .session(session)
    }
}

extension Step {
    fileprivate func adding(_ session: String) -> Step {
        guard !session.isEmpty else { return self }
        return Step(
            kind: kind, method: method, path: path, query: query,
            headers: headers + [Header("Mcp-Session-Id", session)], body: body, transport: transport)
    }

    fileprivate func saying(_ message: JSON, _ id: String) -> Step {
        let transport: Transport =
            switch transport {
            case .http, .mail: transport
            case .mcp(let carriage):
                .mcp(MCPCarriage(id: id, isModern: carriage.isModern, origin: carriage.origin))
            }
        return Step(
            kind: .probe, method: method, path: path, query: query, headers: headers, body: message.bytes(),
            transport: transport)
    }
}
