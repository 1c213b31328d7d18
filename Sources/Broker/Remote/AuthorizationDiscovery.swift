public import Authority
import Gate
public import OAuth
import Wire

/// Finds out how the tokens for a remote server are had (MCP authorization; RFC 9728, RFC 8414). Errands: every address goes
/// through the one way out, which reaches no private network, follows no redirect and takes little.
public struct AuthorizationDiscovery: Sendable {
    private let errands: any Errands
    private let documents: any ProviderErrands

    public init(errands: any Errands, documents: any ProviderErrands) {
        self.errands = errands
        self.documents = documents
    }

    /// - Parameters:
    ///   - url: of the server.
    ///   - issuer: the name of the authorization server, where the server names several: nobody here chooses among them.
    public func authorization(
        of server: ProviderID, at url: String, issuer: String?
    ) async throws(BrokerError) -> ResourceAuthorization {
        guard let address = ResourceAddress(url) else {
            throw BrokerError(.invalid, "`\(url)` isn't the address of a server")
        }
        let challenge = try await challenge(of: server, address)
        let resource = try await resource(server, address, challenge)
        let chosen = try AuthorizationDiscovery.choice(of: issuer, among: resource.servers, for: server)
        let metadata = try await metadata(of: chosen, for: server)
        // What it wants now, or else what it has; and what keeps the connection alive, where that is a scope.
        let scopes = (challenge?.scopes ?? resource.scopes).union(metadata.scopes.intersection(["offline_access"]))
        return ResourceAuthorization(
            resource: resource.resource, server: metadata, scopes: scopes, most: scopes.union(resource.scopes))
    }

    /// What the server answers to who brings no token.
    private func challenge(
        of server: ProviderID, _ address: ResourceAddress
    ) async throws(BrokerError) -> BearerChallenge? {
        let id = "unsigned"
        let step = Step(
            kind: .probe, method: "POST", path: address.path, query: "",
            headers: MCPClientMessage.headers("tools/list", name: nil, isModern: true).map {
                Step.Header($0.name, $0.value)
            }, body: MCPClientMessage.listTools(cursor: nil, id: id, isModern: true).bytes(),
            transport: .mcp(MCPCarriage(id: id, isModern: true, origin: address.origin)))
        let answer: UpstreamAnswer
        do throws(UpstreamFailure) {
            answer = try await errands.discover(step, for: nil)
        } catch {
            throw AuthorizationDiscovery.unreachable(server, error)
        }
        guard answer.status == 401 else {
            throw BrokerError(
                .refused, "`\(server)` doesn't ask for a token: it answers \(answer.status) without one",
                hint: "leave `--oauth` out, or write its address as its people do")
        }
        let headers = answer.headers.filter { $0.name == "www-authenticate" }.map(\.value)
        guard !headers.isEmpty else { return nil }
        guard let challenge = BearerChallenge(headers.joined(separator: ", ")) else {
            throw BrokerError(.refused, "`\(server)` asks for something else than a token, or can't be understood")
        }
        return challenge
    }

    private func resource(
        _ server: ProviderID, _ address: ResourceAddress, _ challenge: BearerChallenge?
    ) async throws(BrokerError) -> ResourceMetadata {
        var places = address.places
        if let named = challenge?.metadata {
            guard let place = Endpoint(named, secure: address.origin.hasPrefix("https://")) else {
                throw BrokerError(.refused, "`\(server)` describes itself at what isn't an address")
            }
            places = [place]
        }
        for place in places {
            guard let json = try await document(server, place) else { continue }
            do throws(MetadataFault) {
                return try ResourceMetadata(json, of: address, at: place)
            } catch {
                throw BrokerError(.refused, "`\(server)`: \(error.message)")
            }
        }
        throw BrokerError(
            .refused, "`\(server)` doesn't say where its tokens come from (RFC 9728)",
            hint: "keep a token of its own for it instead: add it with `--credential`")
    }

    static func choice(
        of issuer: String?, among servers: [Issuer], for server: ProviderID
    ) throws(BrokerError) -> Issuer {
        let names = servers.map { "`\($0.text)`" }.joined(separator: ", ")
        if let issuer {
            if let chosen = servers.first(where: { $0.text == issuer }) { return chosen }
            throw BrokerError(.refused, "`\(server)` doesn't name `\(issuer)`: it names \(names)")
        }
        guard servers.count == 1, let only = servers.first else {
            throw BrokerError(
                .invalid, "several give out tokens for `\(server)`: \(names)", hint: "say which with `--issuer`")
        }
        return only
    }

    private func metadata(of issuer: Issuer, for server: ProviderID) async throws(BrokerError) -> ServerMetadata {
        for path in ServerMetadata.places(of: issuer) {
            guard let place = Endpoint(issuer.origin + path, secure: false),
                let json = try await document(server, place)
            else { continue }
            do throws(MetadataFault) {
                return try ServerMetadata(json, of: issuer)
            } catch {
                throw BrokerError(.refused, "`\(issuer.text)`, which `\(server)` names: \(error.message)")
            }
        }
        throw BrokerError(.refused, "`\(issuer.text)`, which `\(server)` names, doesn't describe itself (RFC 8414)")
    }

    /// Nil where there is none. Whoever redirects describes nothing: the other place may be anybody's.
    private func document(_ server: ProviderID, _ place: Endpoint) async throws(BrokerError) -> JSON? {
        let answer: UpstreamAnswer
        do throws(UpstreamFailure) {
            answer = try await documents.document(at: place.origin, place.target)
        } catch {
            throw AuthorizationDiscovery.unreachable(server, error, at: place.url)
        }
        switch answer.status {
        case 200: break
        case 300..<400:
            throw BrokerError(
                .refused, "`\(place.url)`, which `\(server)` names, redirects (\(answer.status)), which isn't followed")
        case 500...: throw BrokerError(.unavailable, "`\(place.url)` answers \(answer.status)", hint: "try again later")
        default: return nil
        }
        guard let json = try? JSON.parse(answer.body, limits: JSONLimits(bytes: 1 << 18, depth: 16, members: 5_000))
        else { throw BrokerError(.refused, "`\(place.url)` isn't JSON, or is too large") }
        return json
    }

    private static func unreachable(
        _ server: ProviderID, _ failure: UpstreamFailure, at url: String? = nil
    ) -> BrokerError {
        let what = url.map { "`\($0)`, which `\(server)` names," } ?? "`\(server)`"
        return switch failure {
        case .notSent(let reason), .unknown(let reason):
            BrokerError(.unavailable, "\(what) can't be asked: \(reason)")
        }
    }
}
