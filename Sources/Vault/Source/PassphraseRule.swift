/// What a new passphrase must be. NIST SP 800-63B-4 §3.1.1: length counts, kinds of characters don't.
enum PassphraseRule {
    private static let fewest = 15
    private static let most = 1024
    private static let distinct = 6

    /// Throws `weakPassphrase` with the rule.
    static func check(_ passphrase: borrowing Secret) throws(VaultError) {
        let (count, kinds) = passphrase.withBytes { bytes in
            // The bytes that begin a character.
            (bytes.count { $0 & 0xC0 != 0x80 }, Set(bytes).count)
        }
        guard count >= fewest, passphrase.count <= most else {
            throw VaultError(
                .weakPassphrase, "the passphrase has \(count) characters",
                hint: "use \(fewest) to \(most): five or six words that nobody would put together")
        }
        guard kinds >= distinct else {
            throw VaultError(
                .weakPassphrase, "the passphrase repeats a few characters",
                hint: "use five or six words that nobody would put together")
        }
    }
}
