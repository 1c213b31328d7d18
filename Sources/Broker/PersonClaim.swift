public import Authority

/// What the registry knows of a person, for comparing with what a provider says of a credential.
public struct PersonClaim: Sendable, Hashable {
    public let person: PersonID
    /// Verified, in lower case.
    public let email: String
    public let subjects: [ProviderID: String]

    public init(person: PersonID, email: String, subjects: [ProviderID: String]) {
        self.person = person
        self.email = email
        self.subjects = subjects
    }

    /// Whether the registry has this id of theirs, whole or as it was known before ids had a tenant.
    public func isRecorded(_ account: String, at provider: ProviderID) -> Bool {
        subjects[provider].map { AccountID.is(account, recordedAs: $0) } ?? false
    }

    /// Whether the account is theirs: by its recorded id or, while there is none, by an address that the provider vouches for.
    /// A recorded address is one more of theirs.
    func owns(_ account: UpstreamAccount, at provider: ProviderID) -> Bool {
        if mayBeRecorded(account, at: provider) { return true }
        guard account.isVouched, let address = account.email?.lowercased() else { return false }
        guard let recorded = subjects[provider] else { return address == email }
        return recorded.contains("@") && (address == email || address == recorded.lowercased())
    }

    /// Whether it may be theirs, for whoever else wants it.
    func mayOwn(_ account: UpstreamAccount, at provider: ProviderID) -> Bool {
        let address = account.email?.lowercased()
        return mayBeRecorded(account, at: provider)
            || address != nil && (address == email || address == subjects[provider]?.lowercased())
    }

    private func mayBeRecorded(_ account: UpstreamAccount, at provider: ProviderID) -> Bool {
        isRecorded(account.id, at: provider) || account.former.map { isRecorded($0, at: provider) } ?? false
    }
}
