import Crypto
import CryptoExtras
import Foundation
import Synchronization

/// Acme's Google Workspace domain: its service accounts, and what its administrator lets them do in others' names.
final class GoogleDomain: Sendable {
    struct ServiceAccount: Sendable {
        let email: String
        let clientID: String
        var keys: [String: GoogleKey] = [:]
        /// Whether it has the role Service Account Key Admin on itself.
        var mayManageKeys = false
    }

    private struct State {
        var accounts: [String: ServiceAccount] = [:]
        /// Scopes by client id: the page "domain-wide delegation" of the Admin console.
        var delegations: [String: Set<String>] = [:]
    }

    private let state = Mutex(State())

    func account(_ email: String) -> ServiceAccount? {
        state.withLock { $0.accounts[email] }
    }

    func mayDelegate(_ clientID: String, _ scopes: [String]) -> Bool {
        state.withLock { Set(scopes).isSubset(of: $0.delegations[clientID] ?? []) }
    }

    /// `{"client_id", "scopes"}`; no scopes take the delegation back.
    func delegate(_ body: JSON) throws(SetupProblem) {
        guard let id = body["client_id"]?.text, let scopes = body["scopes"]?.items?.compactMap(\.text) else {
            throw SetupProblem("`client_id` and `scopes` are needed")
        }
        state.withLock { $0.delegations[id] = Set(scopes) }
    }

    /// `{"email", "may_manage_keys"}`
    func letManageKeys(_ body: JSON) throws(SetupProblem) {
        guard let email = body["email"]?.text, account(email) != nil, let may = body["may_manage_keys"]?.truth else {
            throw SetupProblem("`email` of an account and `may_manage_keys` are needed")
        }
        state.withLock { $0.accounts[email]?.mayManageKeys = may }
    }

    func change<Value>(_ email: String, _ change: (inout ServiceAccount) throws(Answer) -> Value) throws(Answer)
        -> Value?
    {
        try state.withLock { state throws(Answer) in
            guard var account = state.accounts[email] else { return nil }
            let value = try change(&account)
            state.accounts[email] = account
            return value
        }
    }

    /// Makes a key for the service account of this name, which is made too when there is none, and gives the key file
    /// as Google's console does; `origin` is where the token endpoint is.
    func makeKey(_ body: JSON, origin: String) throws(SetupProblem) -> JSON {
        guard let name = body["name"]?.text, !name.isEmpty else { throw SetupProblem("`name` must be a string") }
        guard let key = try? _RSA.Signing.PrivateKey(keySize: .bits2048) else { throw SetupProblem("no key was made") }
        let email = "\(name)@acme.iam.gserviceaccount.test"
        let keyID = GoogleKey.id(of: key.publicKey)
        let account = state.withLock { state in
            var account =
                state.accounts[email] ?? ServiceAccount(email: email, clientID: OAuthAccount(owner: email).number)
            account.keys[keyID] = GoogleKey(key.publicKey, id: keyID)
            state.accounts[email] = account
            return account
        }
        return [
            "type": "service_account", "project_id": "acme", "private_key_id": .string(keyID),
            "private_key": .string(key.pkcs8PEMRepresentation), "client_email": .string(email),
            "client_id": .string(account.clientID), "auth_uri": .string(origin + "/o/oauth2/v2/auth"),
            "token_uri": .string(origin + "/token"), "universe_domain": "googleapis.com",
        ]
    }
}
