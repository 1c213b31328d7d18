import Wire

/// The company at the other end. It knows its accounts by their secrets, keeps what it was made to do, and never forgets.
final class SimulatedProvider: Sendable {
    /// What it did, and for whom.
    struct Deed {
        let call: String
        let account: String
        let tool: String
        let body: String
    }

    private struct State {
        var deeds: [Deed] = []
        var accounts: [String: String] = [:]
    }

    private let state = Confined(State())
    private let tokens: SimulatedTokenServer?

    init(tokens: SimulatedTokenServer?) {
        self.tokens = tokens
    }

    var deeds: [Deed] { state.deeds }

    /// Makes another secret of an account, which is known by its address.
    func secret(of address: String) -> String {
        let secret = "sek-\(state.accounts.count + 1)-\(address)"
        state.accounts[secret] = address
        return secret
    }

    /// Nil for a secret that it doesn't take, or doesn't take any more.
    func account(_ secret: String) -> String? {
        guard let number = tokens?.issue(ofAccess: secret) else { return state.accounts[secret] }
        return tokens?.isGood(access: number) == true ? owner(of: secret) : nil
    }

    /// Whose a secret is or was.
    func owner(of secret: String) -> String? {
        tokens?.issue(ofAccess: secret).flatMap { tokens?.owner(of: $0) } ?? state.accounts[secret]
    }

    /// - Returns: the answer's body; nil when it doesn't know the secret.
    func receive(_ call: String, _ tool: String, _ body: String, with secret: String) -> JSON? {
        guard let account = account(secret) else { return nil }
        state.deeds.append(Deed(call: call, account: account, tool: tool, body: body))
        return answer(call, account)
    }

    func has(_ call: String) -> Bool { state.deeds.contains { $0.call == call } }

    /// Everything that it says holds the mark of the account that it says it to.
    func answer(_ call: String, _ account: String) -> JSON {
        ["call": .string(call), "words": .string(SimulatedProvider.mark(of: account))]
    }

    static func mark(of account: String) -> String { "words-of:\(account)" }
}
