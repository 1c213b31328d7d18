import Broker
import Gate
import OAuth
import Synchronization
import Twins
import Wire

/// Google with one service account: it gives tokens to the keys that it has, and lets the account bring or delete one.
final class FakeGoogle: UnaskedTokenErrands, KeyErrands {
    struct State {
        /// Certificates by key ids; nil for a key that the console made.
        var keys: [String: String?] = ["kid-1": nil]
        var made = 1
        /// What it was asked for, in order.
        var calls: [String] = []
        /// Numbers of the calls whose answer nobody gets.
        var lost: Set<Int> = []
        /// New keys that aren't known everywhere yet: so many tokens are still refused.
        var slow = 0
        var mayManage = true
        /// What a token was asked for.
        var scopes: [String] = []
        var isForgetful = false
    }

    let state = Mutex(State())

    private func answered<Value>(_ call: String, _ value: Value) throws(TokenProblem) -> Value {
        let isLost = state.withLock { state in
            state.calls.append(call)
            return state.lost.contains(state.calls.count - 1)
        }
        if isLost { throw .lost("nobody saw the answer") }
        return value
    }

    func ask(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> TokenAnswer {
        let form = PercentEncoding.decode(String(decoding: request.body(.form, with: []).bytes, as: UTF8.self)) ?? ""
        let assertion = form.split(separator: "&").first { $0.hasPrefix("assertion=") }?.dropFirst(10) ?? ""
        let parts = assertion.split(separator: ".").map { Base64.decodeURL(String($0)).flatMap { try? JSON.parse($0) } }
        let id = parts.first??["kid"]?.stringValue ?? ""
        let scope = parts.dropFirst().first??["scope"]?.stringValue ?? ""
        let isKnown = state.withLock { state in
            state.scopes.append(scope)
            guard state.keys[id] != nil else { return false }
            guard state.slow > 0, id != "kid-1" else { return true }
            state.slow -= 1
            return false
        }
        try answered(isKnown ? "token \(id)" : "no token", ())
        guard isKnown else { throw .answered(TokenFailure(.dead, code: "invalid_grant", status: 400)) }
        return TokenAnswer(access: .sample("by-\(id)"), refresh: nil, scopes: nil, lifetime: 3_600)
    }

    func manage(_ request: KeyRequest, with token: TokenText) async throws(TokenProblem) -> KeyAnswer {
        let path = request.endpoint.target.split(separator: "?")[0]
        let (call, status, answer) = state.withLock { state in
            FakeGoogle.carryOut(request.method, String(path), (try? JSON.parse(request.body)) ?? .null, &state)
        }
        return try answered("\(call) \(status)", KeyAnswer(status: status, retryAfter: nil, body: answer.bytes()))
    }

    private static let root = "/v1/projects/-/serviceAccounts/robot@acme.iam.gserviceaccount.com/keys"

    private static func carryOut(
        _ method: KeyRequest.Method, _ path: String, _ body: JSON, _ state: inout State
    ) -> (String, Int, JSON) {
        let call = method == .delete ? "delete" : path == root ? "list" : path == root + ":upload" ? "upload" : "get"
        guard state.mayManage else { return (call, 403, ["error": ["code": 403, "status": "PERMISSION_DENIED"]]) }
        let id = String(path.dropFirst(root.count + 1))
        switch call {
        case "list":
            let all = state.keys.map { id, certificate in
                JSON.object([
                    "name": .string(name(id)), "keyOrigin": certificate == nil ? "GOOGLE_PROVIDED" : "USER_PROVIDED",
                ])
            }
            return (call, 200, ["keys": .array(all)])
        case "upload":
            guard state.keys.count < 10, let data = body["publicKeyData"]?.stringValue else {
                return (call, 400, ["error": ["code": 400, "status": "FAILED_PRECONDITION"]])
            }
            state.made += 1
            state.keys["kid-\(state.made)"] = data
            return (call, 200, state.isForgetful ? [:] : ["name": .string(name("kid-\(state.made)"))])
        case "delete":
            guard state.keys.removeValue(forKey: id) != nil else { return (call, 404, .null) }
            return (call, 200, [:])
        case _:
            guard let data = state.keys[id] else { return (call, 404, .null) }
            return (call, 200, ["name": .string(name(id)), "publicKeyData": data.map { .string($0) } ?? .null])
        }
    }

    private static func name(_ id: String) -> String {
        "projects/acme/serviceAccounts/robot@acme.iam.gserviceaccount.com/keys/\(id)"
    }
}
