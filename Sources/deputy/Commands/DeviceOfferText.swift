import Wire

/// An account that a device's code brought, in words. Its provider's words are made harmless.
struct DeviceOfferText {
    struct Account {
        let id: String
        let email: String?
        let name: String?

        init?(_ json: JSON?) {
            guard let json, let id = json["id"]?.stringValue else { return nil }
            self.id = id
            email = json["email"]?.stringValue
            name = json["name"]?.stringValue
        }

        var shown: String { Table.inert(email ?? id) }

        func isCalled(_ word: String) -> Bool { id == word || email?.lowercased() == word.lowercased() }

        /// Everything that tells it from another: two accounts may have one address.
        var told: String {
            [name, email, id].compactMap(\.self).reduce(into: [String]()) { words, word in
                if !words.contains(word) { words.append(word) }
            }.map(Table.inert).joined(separator: ", ")
        }
    }

    let account: Account
    /// The account whose place it takes, where that is another.
    let before: Account?
    let isOwners: Bool
    private let offer: JSON
    private let provider: String
    private let agent: String

    init?(_ offer: JSON, provider: String, agent: String) {
        guard let account = Account(offer["account"]) else { return nil }
        self.offer = offer
        self.provider = provider
        self.agent = agent
        self.account = account
        before = Account(offer["before"])
        isOwners = offer["is_owners"]?.boolValue == true
    }

    var lines: [String] {
        var lines = ["", "`\(provider)` says that this is \(account.told)."]
        lines.append("  It may:        \(scopes("granted") ?? "nothing that has a name")")
        if let missing = scopes("missing") { lines.append("  Not granted:   \(missing)") }
        if let before {
            lines.append("  It takes the place of \(before.told): \(agent) acts as that account no more,")
            lines.append("  and its access there is ended.")
        } else if offer["replaces"]?.stringValue != nil {
            lines.append("  It renews the connection that \(agent) has to this account.")
        }
        if let lost = scopes("lost") { lines.append("  No longer:     \(lost)") }
        if isOwners { lines.append("  It is the account of the agent's owner: whoever may use \(agent) reaches it.") }
        return lines
    }

    /// What takes a yes, each by itself.
    func questions(isShared: Bool) -> [String] {
        var questions = ["Keep \(account.shown) as the account of \(agent)?"]
        if let before { questions.append("Instead of \(before.shown)?") }
        if isOwners, !isShared {
            questions.append("Share the owner's own account with everybody who may use \(agent)?")
        }
        return questions
    }

    private func scopes(_ key: String) -> String? {
        let names = offer[key]?.arrayValue?.compactMap(\.stringValue) ?? []
        return names.isEmpty ? nil : Table.inert(names.joined(separator: ", "))
    }
}
