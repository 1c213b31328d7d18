public import Wire

/// What signs our client assertions at one server, as it is kept: a key with its id there, or with its certificate.
public struct ClientKey: Sendable {
    public let key: AssertionKey
    public let name: ClientAssertion.KeyName

    /// - Parameters:
    ///   - text: a PEM file. With a certificate in it, the server knows the key by that.
    ///   - id: what the server calls the key (`kid`); with a certificate none.
    ///   - place: what the file is called in errors.
    public init(pem text: String, id: String?, place: String) throws(KeyFault) {
        let parts = try PEMParts(text, place: place)
        if parts.certificates.isEmpty {
            key = try AssertionKey(pem: text, place: place)
            name = .id(id ?? key.thumbprint)
        } else {
            guard id == nil else { throw KeyFault(place, "it has a certificate, so its key has no id beside that") }
            let certified = try CertifiedKey(pem: text, place: place)
            key = certified.key
            name = .certificate(certified.certificate)
        }
    }

    public init(_ certified: CertifiedKey) {
        key = certified.key
        name = .certificate(certified.certificate)
    }

    /// Nil for a key that its server knows by an id alone.
    public var certified: CertifiedKey? {
        switch name {
        case .certificate(let certificate): try? CertifiedKey(key, certificate, place: "")
        case .id: nil
        }
    }

    /// Read back from where it was kept sealed; nil unless this is one.
    public init?(stored: JSON) {
        guard let key = stored["key"]?.stringValue.flatMap(Base64.decode).flatMap(AssertionKey.init(bytes:)) else {
            return nil
        }
        self.key = key
        if let der = stored["certificate"]?.stringValue.flatMap(Base64.decode) {
            guard let certificate = try? ClientCertificate(der: der, place: "") else { return nil }
            name = .certificate(certificate)
        } else if let id = stored["id"]?.stringValue {
            name = .id(id)
        } else {
            return nil
        }
    }

    /// With the secret: for sealing alone.
    public var stored: JSON {
        let key = JSON.string(Base64.encode(key.bytes))
        return switch name {
        case .id(let id): ["key": key, "id": .string(id)]
        case .certificate(let certificate): ["key": key, "certificate": .string(Base64.encode(certificate.der))]
        }
    }
}
