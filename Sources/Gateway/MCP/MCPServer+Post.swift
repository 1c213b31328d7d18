import Authority
import Gate
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Registry
import Wire

extension MCPServer {
    /// One message of a client. Everything that can be refused without reading it is refused first.
    func post(_ request: Request, _ context: GatewayContext) async -> Response {
        let response: Response
        do throws(MCPRefusal) {
            response = try await answer(request, context)
        } catch {
            log.debug("request refused", metadata: ["status": "\(error.fault.httpStatus)"])
            response = error.response
        }
        return settings.origins.reading(request, response)
    }

    private func answer(_ request: Request, _ context: GatewayContext) async throws(MCPRefusal) -> Response {
        try checkOrigin(of: request, context)
        let named = resource(in: context)
        let client = try await authenticate(request, for: named)
        // Nobody is authenticated for a resource without a name.
        guard let resource = named else { throw .noSuchAgent() }
        do throws(MCPRefusal) {
            try traffic.enter(client.client, of: Visitor(client))
        } catch {
            gate.refusedForRate(in: client.organization)
            throw error
        }
        defer { traffic.leave(client.client, of: Visitor(client)) }
        let message = try await message(of: request, by: Visitor(client))
        try traffic.start()
        defer { traffic.finish() }
        let sessionID = request.headers[.mcpSessionID]
        return try await traced(message, sessionID: sessionID) { () async throws(MCPRefusal) in
            try await MCPExchange(
                server: self, client: client, resource: resource, message: message, channel: context.channel,
                sessionID: sessionID
            ).response()
        }
    }

    /// The message, its version settled and its headers found to agree with it. Read once.
    private func message(of request: Request, by person: Visitor) async throws(MCPRefusal) -> MCPRequest {
        try checkMedia(of: request.headers)
        let headers = try MCPHeaders(request.headers)
        let body = try await body(of: request, by: person)
        let limits = JSONLimits(
            bytes: settings.limits.bodyBytes, depth: JSONLimits.message.depth, members: JSONLimits.message.members)
        let json: JSON
        do throws(JSONError) {
            json = try JSON.parse(body.readableBytesView, limits: limits)
        } catch {
            throw MCPRefusal(.unreadable(error))
        }
        do throws(MCPFault) {
            return try MCPRequest.parse(json, headers: headers)
        } catch {
            throw MCPRefusal(error)
        }
    }

    private func body(of request: Request, by person: Visitor) async throws(MCPRefusal) -> ByteBuffer {
        let most = settings.limits.bodyBytes
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > most { throw .tooLarge }
        do throws(IncomingRefusal) {
            return try await traffic.bodies.collect(request.body, upTo: most, from: person)
        } catch {
            switch error {
            case .tooLarge: throw .tooLarge
            case .noRoom: throw .tooMany(retryAfter: 1)
            case .ended: throw .unfinished
            }
        }
    }

    /// What is sent must be JSON; who speaks the modern version must say that they take what we may answer with.
    private func checkMedia(of headers: HTTPFields) throws(MCPRefusal) {
        let types = headers[values: .contentType]
        guard types.count == 1, types.allSatisfy({ MediaRange($0).name == "application/json" }),
            !headers.contains(.contentEncoding)
        else { throw .notJSON }
        guard headers[.mcpProtocolVersion] == MCPVersion.july2026.rawValue else { return }
        let accepted = MediaRange.list(headers[values: .accept])
        for wanted in ["application/json", "text/event-stream"] {
            guard accepted.contains(where: { $0.includes(wanted) }) else { throw .notAcceptable }
        }
    }
}

/// One element of an `Accept` or `Content-Type` header (RFC 9110 section 12.5.1). Parameters don't matter to us.
struct MediaRange {
    let name: String

    init(_ text: some StringProtocol) {
        let name = text.utf8.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != UInt8(ascii: " ") && $0 != 9 }
        self.name = String(decoding: name, as: UTF8.self).lowercased()
    }

    static func list(_ values: [String]) -> [MediaRange] {
        values.flatMap { $0.split(separator: ",").map { MediaRange($0) } }
    }

    func includes(_ type: String) -> Bool {
        name == type || name == "*/*" || (name.hasSuffix("/*") && type.hasPrefix(name.dropLast()))
    }
}
