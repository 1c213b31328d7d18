import AsyncHTTPClient
import Broker
import Gate
import NIOCore
import NIOHTTP1
public import Turns
import Vault
import Wire

/// Model servers: an errand, whose answer is handed over as it arrives.
extension HTTPEgress {
    /// How long a whole reply may take, and how much it may be.
    private static let longestReply = Duration.seconds(600)
    private static let mostBytes = 32 << 20

    /// With the key of the endpoint's connection, which goes to that connection's own host alone.
    public func ask(
        _ request: ModelHTTPRequest, at endpoint: ModelEndpoint,
        received: @escaping @Sendable ([UInt8]) async throws(ModelFailure) -> Void
    ) async throws(ModelFailure) -> ModelHTTPAnswer {
        let credential: Credential
        do throws(CredentialError) {
            credential =
                if let use = endpoint.key {
                    try await credentials.credential(for: use, by: nil)
                } else {
                    Credential(placement: .none, secret: Secret(count: 0) { _ in })
                }
        } catch {
            throw .refused("the key of `\(endpoint.name)` can't be had: \(error)")
        }
        let forms = SecretForms(credential)
        secrets.begin(forms)
        defer { secrets.end(forms) }
        do {
            let place = endpoint.base
            guard let server = Origin(of: place), endpoint.key.map({ Origin($0.origin) == server }) ?? true else {
                throw UpstreamFailure.notSent("`\(place)` isn't where a model may be asked")
            }
            let client = try await clients.client(for: server)
            var sent = HTTPClientRequest(at: server, Origin.target(of: endpoint.address(of: request.path)))
            sent.method = .POST
            for header in request.headers { sent.headers.add(name: header.name, value: header.value) }
            sent.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
            sent.headers.replaceOrAdd(name: "User-Agent", value: userAgent)
            sent.headers.replaceOrAdd(name: "Accept-Encoding", value: "identity")
            add(credential, to: &sent.headers)
            sent.body = .bytes(request.body.bytes())
            let whole = sent
            return try await withDeadline(HTTPEgress.longestReply) {
                try await client.execute(whole, deadline: .now() + .seconds(120)) { response in
                    try await HTTPEgress.answer(response, forms, received)
                }
            }
        } catch let failure as ModelFailure {
            throw failure
        } catch {
            switch Failures.failure(error, redacting: forms) {
            case .notSent(let reason), .unknown(let reason): throw .later(after: nil, reason)
            }
        }
    }

    private static func answer(
        _ response: HTTPClientResponse, _ forms: SecretForms,
        _ received: @escaping @Sendable ([UInt8]) async throws(ModelFailure) -> Void
    ) async throws -> ModelHTTPAnswer {
        let status = Int(response.status.code)
        var redactor = Redactor(forms.patterns)
        var body: [UInt8] = []
        var size = 0
        for try await buffer in response.body {
            size += buffer.readableBytes
            guard size <= mostBytes else { throw Failures.TooLarge() }
            let piece = redactor.push(Array(buffer.readableBytesView))
            if status == 200 { try await received(piece) } else { body += piece }
        }
        let rest = redactor.finish()
        if status == 200 { try await received(rest) } else { body += rest }
        return ModelHTTPAnswer(status: status, body: body) { response.headers.first(name: $0) }
    }
}

extension Origin {
    private static let schemes = ["https://", "http://"]

    /// Of an address that may have a path.
    fileprivate init?(of address: String) {
        guard let scheme = Origin.schemes.first(where: { address.hasPrefix($0) }) else { return nil }
        self.init(scheme + address.dropFirst(scheme.count).prefix { $0 != "/" })
    }

    /// What stands behind the origin, from the slash on.
    fileprivate static func target(of address: String) -> Substring {
        let scheme = Origin.schemes.first { address.hasPrefix($0) } ?? ""
        return address.dropFirst(scheme.count).drop { $0 != "/" }
    }
}
