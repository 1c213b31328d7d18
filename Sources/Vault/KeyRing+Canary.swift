extension KeyRing {
    private static let canaryText = Array("the canary sings".utf8)
    /// What the canary is sealed under.
    public static let canaryID = "deputy/vault/canary"

    /// A record for the database that only this ring's active key opens. Write it when the database is made, and again
    /// after each change of the active key.
    public func makeCanary() throws(VaultError) -> [UInt8] {
        try sealPayload(Self.canaryText, id: Self.canaryID)
    }

    /// Shows that this ring belongs to the database that `canary` was read from. To be called before anything else is
    /// opened; on an error, refuse to start.
    ///
    /// Throws `unknownKey`, naming the key that the database expects and the active key that was found, or
    /// `notAuthentic` if the canary itself was altered.
    public func checkCanary(_ canary: [UInt8]) throws(VaultError) {
        if let expected = RecordHeader(canary)?.keyID, !keys.contains(where: { $0.id == expected }) {
            throw VaultError(
                .unknownKey, "the database was sealed with key `\(expected)`, but the key file has `\(activeKey)`",
                hint: "put back the key file that belongs to this database")
        }
        guard try openPayload(canary, id: Self.canaryID) == Self.canaryText else {
            throw VaultError(.notAuthentic, "the canary of the database holds another text")
        }
    }
}
