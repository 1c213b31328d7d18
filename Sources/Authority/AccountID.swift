/// The id of an account at a provider, as the provider calls it: alone, or `tenant/id` where ids count within a tenant.
public enum AccountID {
    /// Whether this is the account that somebody has recorded: by its whole id, or by the part behind the tenant, as ids were
    /// recorded before.
    public static func `is`(_ account: String, recordedAs recorded: String) -> Bool {
        account == recorded || !recorded.isEmpty && account.hasSuffix("/" + recorded)
    }
}
