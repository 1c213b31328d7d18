/// Which key of which token, and how it is reached: a `pkcs11:` URI (RFC 7512) with `token`, `object` and `module-path`,
/// and where needed `serial` and `pin-source`. A PIN itself is refused: a URI stands in files and command lines.
public struct TokenAddress: Sendable, Hashable, CustomStringConvertible {
    static let scheme = "pkcs11:"

    /// Where the PIN is read; without one it is asked for.
    enum PINPlace: Sendable, Hashable {
        case file(String)
        case credential(String)
    }

    /// The token's label.
    public let token: String
    /// The token's serial number, where two bear one label.
    let serial: String?
    /// The key's label.
    let object: String
    /// The module that speaks to the token: a shared library.
    let module: String
    let pin: PINPlace?

    /// Throws `sourceInvalid` with the rule.
    init(_ text: String) throws(VaultError) {
        let parts = text.dropFirst(Self.scheme.count).split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var values: [String: String] = [:]
        for (part, separator) in zip(parts, [";", "&"] as [Character]) {
            for pair in part.split(separator: separator) {
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard sides.count == 2, let value = PercentText.decode(sides[1]), !value.isEmpty,
                    values.updateValue(value, forKey: String(sides[0])) == nil
                else { throw Self.refused("`\(sides[0])` of the `pkcs11:` URI has no value, or two, or not a text") }
            }
        }
        if values["pin-value"] != nil {
            throw Self.refused("a PIN doesn't belong into a URI, which stands in files and command lines")
        }
        let known = ["token", "serial", "object", "module-path", "pin-source"]
        if let unknown = values.keys.sorted().first(where: { !known.contains($0) }) {
            throw Self.refused("`\(unknown)` of a `pkcs11:` URI isn't known")
        }
        guard let token = values["token"], let object = values["object"], let module = values["module-path"],
            module.hasPrefix("/")
        else { throw Self.refused("the `pkcs11:` URI doesn't say which token, object and module") }
        (self.token, self.object, self.module, serial) = (token, object, module, values["serial"])
        pin = try values["pin-source"].map { (place) throws(VaultError) in try Self.place(place) }
    }

    public var description: String {
        var text = Self.scheme + "token=\(PercentText.encode(token));object=\(PercentText.encode(object))"
        if let serial { text += ";serial=\(PercentText.encode(serial))" }
        text += "?module-path=\(PercentText.encode(module))"
        switch pin {
        case nil: break
        case .file(let path)?: text += "&pin-source=file:\(PercentText.encode(path))"
        case .credential(let name)?: text += "&pin-source=credential:\(PercentText.encode(name))"
        }
        return text
    }

    private static func place(_ text: String) throws(VaultError) -> PINPlace {
        let path = text.hasPrefix("file:") ? String(text.dropFirst("file:".count)) : text
        if path.hasPrefix("/") { return .file(path) }
        guard text.hasPrefix("credential:"), case .credential(let name) = try KeySource(text) else {
            throw refused("`pin-source` can't be `\(text)`")
        }
        return .credential(name)
    }

    private static func refused(_ what: String) -> VaultError {
        VaultError(
            .sourceInvalid, what,
            hint:
                "write `pkcs11:token=LABEL;object=KEY?module-path=/PATH.so`, and if nobody is to be asked for the PIN "
                + "`&pin-source=file:/PATH` or `&pin-source=credential:NAME`")
    }
}

/// RFC 3986 §2.1, for texts.
private enum PercentText {
    static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16), value >= 0x20 else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "/"), UInt8(ascii: "~"):
                String(UnicodeScalar(byte))
            case _: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }.joined()
    }
}
