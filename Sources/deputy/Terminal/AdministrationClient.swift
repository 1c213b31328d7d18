import AsyncHTTPClient
import Authority
import FoundationEssentials
import Gateway
import Glibc
import NIOCore
import NIOHTTP1
import Storage
import Wire

/// Reaches the administration of a home: over its socket, or by opening it.
struct AdministrationClient {
    let paths: HomePaths
    let asker: KeyAnswers

    func send(
        _ method: String, _ path: [String], query: [String: String], body: JSONObject
    ) async throws -> JSON {
        let response = try await answer(method, path, query, body)
        guard response.status < 300 else { throw CommandFailure(response) }
        return response.body
    }

    /// A gateway that is starting or stopping holds the home and doesn't listen: it is given a moment.
    private func answer(
        _ method: String, _ path: [String], _ query: [String: String], _ body: JSONObject
    ) async throws -> AdministrationResponse {
        var triesLeft = 30
        while true {
            if let answered = try await overSocket(method, path, query: query, body: body) { return answered }
            do {
                return try await offline(method, path, query: query, body: body)
            } catch let failure as CommandFailure where failure.code == StorageError.Code.held.rawValue && triesLeft > 0
            {
                triesLeft -= 1
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Nil when no gateway listens there.
    private func overSocket(
        _ method: String, _ path: [String], query: [String: String], body: JSONObject
    ) async throws -> AdministrationResponse? {
        guard isServed else { return nil }
        var url = "http+unix://" + PercentEncoding.encode(paths.socket) + "/v1"
        for part in path { url += "/" + PercentEncoding.encode(part) }
        let items = query.sorted { $0.key < $1.key }.map {
            PercentEncoding.encode($0) + "=" + PercentEncoding.encode($1)
        }
        if !items.isEmpty { url += "?" + items.joined(separator: "&") }
        var request = HTTPClientRequest(url: url)
        request.method = .init(rawValue: method)
        if method != "GET" { request.body = .bytes(JSON.object(body).bytes()) }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .hours(1))
            let bytes = try await response.body.collect(upTo: 64 << 20)
            let limits = JSONLimits(bytes: 64 << 20, depth: 64, members: 4_000_000)
            return AdministrationResponse(
                status: Int(response.status.code),
                body: try JSON.parse(Array(bytes.readableBytesView), limits: limits))
        } catch is JSONError {
            throw CommandFailure(.refused, "unavailable", "the gateway answered something that isn't JSON")
        } catch {
            // It may have been done: doing it here as well could be once too often.
            throw CommandFailure(
                .refused, "unavailable", "the gateway stopped before it answered",
                hint: "see whether it was done before you repeat it")
        }
    }

    /// Whether somebody listens: a socket file without a listener is what a killed gateway leaves behind.
    private var isServed: Bool {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { Glibc.close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(paths.socket.utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    private func offline(
        _ method: String, _ path: [String], query: [String: String], body: JSONObject
    ) async throws -> AdministrationResponse {
        let composition = try await Composition.open(paths, CompositionSettings(isQuiet: true, asker: asker))
        do {
            let response = await composition.api.handle(
                AdministrationRequest(method: method, path: path, query: query, body: body))
            try await composition.close()
            return response
        } catch {
            try? await composition.close()
            throw error
        }
    }
}

extension CommandFailure {
    init(_ response: AdministrationResponse) {
        let error = response.body["error"]
        self.init(
            .refused, error?["code"]?.stringValue ?? "failed",
            error?["message"]?.stringValue ?? "HTTP \(response.status)",
            hint: error?["hint"]?.stringValue)
    }
}
