public import Wire

/// A Google service account, by the file that the console gives out. Where tokens come from isn't taken from the file: the
/// provider's manifest says that.
public struct ServiceAccountKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// Its name at Google: `NAME@PROJECT.iam.gserviceaccount.com`.
    public let email: String
    /// `kid`: which of its keys this is.
    public let keyID: String
    let key: AssertionKey

    /// - Parameters:
    ///   - text: the JSON file.
    ///   - place: what the file is called in errors.
    public init(file text: String, place: String) throws(KeyFault) {
        guard let file = try? JSON.parse(text), file.objectValue != nil else {
            throw KeyFault(place, "it isn't a JSON object", hint: ServiceAccountKey.wayOut)
        }
        guard file["type"]?.stringValue == "service_account" else {
            let what = ServiceAccountKey.kind(file)
            throw KeyFault(place, "it is \(what), not the key of a service account", hint: ServiceAccountKey.wayOut)
        }
        func required(_ name: String) throws(KeyFault) -> String {
            guard let value = file[name]?.stringValue, !value.isEmpty else {
                throw KeyFault("\(place)#\(name)", "it is missing", hint: ServiceAccountKey.wayOut)
            }
            return value
        }
        let email = try required("client_email")
        guard MailAddress(email) != nil else { throw KeyFault("\(place)#client_email", "it isn't a mail address") }
        self.email = email
        keyID = try required("private_key_id")
        key = try AssertionKey(pem: try required("private_key"), place: "\(place)#private_key")
        guard key.algorithms.contains(.rs256) else {
            throw KeyFault("\(place)#private_key", "it isn't an RSA key", hint: ServiceAccountKey.wayOut)
        }
    }

    private static let wayOut =
        "download a key of type JSON in the Google Cloud console, under the service account's keys"

    private static func kind(_ file: JSON) -> String {
        if file["installed"] != nil || file["web"] != nil { return "an OAuth client's file" }
        return switch file["type"]?.stringValue {
        case "authorized_user": "a person's own credential"
        case "external_account": "a federated identity's configuration"
        case _: "another file"
        }
    }

    /// Read back from where it was kept sealed; nil unless this is one.
    public init?(stored: JSON) {
        guard let email = stored["email"]?.stringValue, let keyID = stored["key_id"]?.stringValue,
            let key = stored["key"]?.stringValue.flatMap(Base64.decode).flatMap(AssertionKey.init(bytes:))
        else { return nil }
        self.email = email
        self.keyID = keyID
        self.key = key
    }

    /// The same account, with another of its keys.
    ///
    /// - Parameter keyID: what Google calls it.
    public func holding(_ key: AssertionKey, keyID: String) -> ServiceAccountKey {
        ServiceAccountKey(email: email, keyID: keyID, key: key)
    }

    private init(email: String, keyID: String, key: AssertionKey) {
        self.email = email
        self.keyID = keyID
        self.key = key
    }

    /// With the secret: for sealing alone.
    public var stored: JSON {
        ["email": .string(email), "key_id": .string(keyID), "key": .string(Base64.encode(key.bytes))]
    }

    public var description: String { "the service account `\(email)`" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
