/// Where the keys of an installation come from: what wraps the root that seals its key file.
///
/// The text forms are `file`, `credential` or `credential:NAME`, `passphrase`, and a `pkcs11:` URI (RFC 7512).
public enum KeySource: Sendable, Hashable, CustomStringConvertible {
    /// The key file holds the keys themselves, closed to other users.
    case file
    /// A credential of the service manager, by its name; never copied.
    case credential(String)
    /// What a person types when the gateway starts.
    case passphrase
    /// A key in a token, which never leaves it.
    case token(TokenAddress)

    /// The credential's name where none is given.
    public static let usualCredential = "deputy-key"

    /// Reads the text form.
    ///
    /// Throws `sourceInvalid` with the rule for a text that isn't one.
    public init(_ text: String) throws(VaultError) {
        switch text {
        case "file": self = .file
        case "passphrase": self = .passphrase
        case "credential": self = .credential(Self.usualCredential)
        case _ where text.hasPrefix("credential:"):
            let name = String(text.dropFirst("credential:".count))
            guard Self.isCredentialName(name) else {
                throw VaultError(
                    .sourceInvalid, "`\(name)` can't be the name of a credential",
                    hint: "use 1 to 64 letters, digits, `.`, `-` and `_`, the first no `.`")
            }
            self = .credential(name)
        case _ where text.hasPrefix(TokenAddress.scheme): self = .token(try TokenAddress(text))
        case _:
            throw VaultError(
                .sourceInvalid, "keys can't come from `\(text)`",
                hint: "write `file`, `credential`, `passphrase` or a `pkcs11:` URI")
        }
    }

    /// The text form. It tells no secret: a token's PIN is never part of it.
    public var description: String {
        switch self {
        case .file: "file"
        case .credential(let name): "credential:\(name)"
        case .passphrase: "passphrase"
        case .token(let address): address.description
        }
    }

    private static func isCredentialName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                case _: false
                }
            }
    }
}
