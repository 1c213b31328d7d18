import Authority
import Wire

extension ProviderManifest {
    /// Reads one manifest.
    ///
    /// - Parameter file: the name that problems are told with.
    /// - Throws: `SourceProblems`, with everything that is wrong.
    public init(reading text: String, file: String) throws(SourceProblems) {
        let node: JSON5Node
        do throws(JSON5Error) {
            node = try JSON5.parse(text)
        } catch {
            throw SourceProblems([
                SourceProblem(file: file, position: error.position, message: error.message, hint: error.hint)
            ])
        }
        let reader = SourceReader(file: file)
        let manifest = reader.provider(node)
        guard reader.problems.isEmpty, let manifest else { throw SourceProblems(reader.problems) }
        self = manifest
    }
}

extension SourceReader {
    fileprivate func provider(_ node: JSON5Node) -> ProviderManifest? {
        if case .object(let members) = node.value, members.contains(where: { $0.key == "mail" }) {
            return mailProvider(node)
        }
        let keys = [
            "provider", "title", "origin", "credential", "oauth", "headers", "companyWide", "identityProvider",
            "account",
            "refusal", "tools", "atOnce",
        ]
        guard let object = object(node, keys: keys, what: "a provider manifest"),
            let provider = object.requiredText("provider"), let origin = object.requiredText("origin"),
            let credential = object.required("credential").flatMap(credential),
            let account = object.required("account").flatMap(account)
        else { return nil }
        let isCompanyWide = object.flag("companyWide")
        return ProviderManifest(
            provider: ProviderID(provider), title: object.text("title") ?? provider, origin: origin,
            credential: credential,
            oauth: object["oauth"].flatMap { oauth($0, secure: origin.hasPrefix("https://")) },
            headers: object.entries("headers").compactMap { member in
                text(member.node, what: "a header").map { (member.key, $0) }
            },
            isCompanyWide: isCompanyWide, isIdentityProvider: object.flag("identityProvider"), account: account,
            refusal: refusal(object["refusal"]),
            tools: object.items("tools").compactMap { tool($0, provider: provider) }, mail: nil,
            atOnce: count("atOnce", of: object, in: 1...1_000).map(Int.init))
    }

    private func credential(_ node: JSON5Node) -> CredentialPresentation? {
        guard let object = object(node, keys: ["kind", "header"], what: "`credential`"),
            let kind = object.requiredText("kind")
        else { return nil }
        switch kind {
        case "bearer": return .bearer
        case "basic": return .basic
        case "api_key": return object.requiredText("header").map { .apiKey(header: $0) }
        default:
            problem("`kind` can't be `\(kind)`", at: node.position, hint: "one of `bearer`, `api_key`, `basic`")
            return nil
        }
    }

    private func account(_ node: JSON5Node) -> AccountProbe? {
        let keys = ["requests", "id", "within", "formerly", "email", "address", "name", "scopesHeader"]
        guard let object = object(node, keys: keys, what: "`account`") else { return nil }
        // The second request may use what the first one answered, by pointer, as an argument.
        let requests = object.items("requests").compactMap { request($0, arguments: ["id"]) }
        if requests.isEmpty { problem("`account` needs at least one request", at: node.position) }
        if object["email"] != nil, let other = object["address"] {
            problem(
                "`email` and `address` are two words for one thing", at: other.position,
                hint: "`email` is an address that the provider vouches for, and `address` one to show")
        }
        return AccountProbe(
            requests: requests, id: pointers("id", of: object), within: pointers("within", of: object),
            formerly: pointer("formerly", of: object), email: pointer("email", of: object),
            address: pointer("address", of: object), name: pointer("name", of: object),
            scopesHeader: object.text("scopesHeader"))
    }

    /// One pointer, or several of which the first counts that is there.
    private func pointers(_ key: String, of object: SourceObject) -> [JSONPointer] {
        guard let node = object[key] else { return [] }
        guard case .array = node.value else { return [pointer(key, of: object)].compactMap(\.self) }
        return object.texts(key).compactMap { text in
            let pointer = JSONPointer(text)
            if pointer == nil {
                problem("`\(text)` is no JSON pointer", at: node.position, hint: "write it as `/a/0/b` (RFC 6901)")
            }
            return pointer
        }
    }

    private func refusal(_ node: JSON5Node?) -> RefusalShape {
        let keys = ["code", "message", "success", "credentialCodes", "missingScopes"]
        guard let node, let object = object(node, keys: keys, what: "`refusal`") else {
            return RefusalShape(code: nil, message: nil, success: nil, credentialCodes: [], missingScopes: .none)
        }
        return RefusalShape(
            code: pointer("code", of: object), message: pointer("message", of: object),
            success: pointer("success", of: object), credentialCodes: object.texts("credentialCodes"),
            missingScopes: object["missingScopes"].flatMap(missingScopes) ?? .none)
    }

    private func missingScopes(_ node: JSON5Node) -> MissingScopesShape? {
        let keys = ["codes", "at", "says", "named", "separator", "any"]
        guard let object = object(node, keys: keys, what: "`missingScopes`") else { return nil }
        let places = object.texts("at").compactMap { text in
            let pointer = JSONPointer(text)
            if pointer == nil {
                problem("`\(text)` is no JSON pointer", at: node.position, hint: "write it as `/a/0/b` (RFC 6901)")
            }
            return pointer
        }
        return MissingScopesShape(
            codes: object.texts("codes"), at: places, says: object.texts("says"), named: pointer("named", of: object),
            separator: object.text("separator") ?? " ", isAnyEnough: object.flag("any"))
    }

    func pointer(_ key: String, of object: SourceObject) -> JSONPointer? {
        guard let node = object[key], let text = text(node, what: "`\(key)`") else { return nil }
        if let pointer = JSONPointer(text) { return pointer }
        problem("`\(text)` is no JSON pointer", at: node.position, hint: "write it as `/a/0/b` (RFC 6901)")
        return nil
    }
}
