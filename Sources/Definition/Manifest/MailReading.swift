import Authority
import OAuth
import Wire

extension SourceReader {
    private static let mailKeys = ["imap", "smtp", "auth", "domain", "certificates", "account"]

    /// A manifest of mailboxes: where they are and how a login is proved. Everything else follows from that.
    func mailProvider(_ node: JSON5Node) -> ProviderManifest? {
        let keys = ["provider", "title", "mail", "oauth", "companyWide"]
        guard let object = object(node, keys: keys, what: "a manifest of mailboxes"),
            let provider = object.requiredText("provider"), let section = object["mail"],
            let mail = self.object(section, keys: SourceReader.mailKeys, what: "`mail`"),
            let access = access(mail, at: section.position)
        else { return nil }
        let isHere = access.imap.host == "localhost" || access.imap.host.hasPrefix("127.")
        let server = object["oauth"].flatMap { oauth($0, secure: !isHere) }
        let account = mail.text("account").flatMap { text -> Endpoint? in
            let endpoint = Endpoint(text, secure: !isHere)
            if endpoint == nil {
                problem(
                    "`\(text)` isn't an address", at: section.position,
                    hint: "write that of the provider's userinfo, such as `https://id.example/userinfo`")
            }
            return endpoint
        }
        if access.proof == .password ? object["oauth"] != nil : account == nil {
            problem(
                access.proof == .password
                    ? "`oauth` gives tokens, and `auth` takes a password"
                    : "tokens need `account`: where the provider tells whose a token is", at: section.position,
                hint: "write `auth: \"xoauth2\"` with `oauth` and `account`, or `auth: \"password\"` without")
        }
        return ProviderManifest(
            provider: ProviderID(provider), title: object.text("title") ?? provider, origin: access.origin,
            credential: access.proof == .password ? .basic : .bearer, oauth: server, headers: [],
            isCompanyWide: object.flag("companyWide"), isIdentityProvider: false, account: .mail,
            refusal: .mail, tools: mailTools(of: provider, sends: access.smtp != nil, at: section.position),
            mail: MailManifest(access: access, account: account))
    }

    private func access(_ mail: SourceObject, at position: SourcePosition) -> MailAccess? {
        func server(_ key: String, _ schemes: [MailServerAddress.Scheme]) -> MailServerAddress? {
            guard let text = mail.text(key) else { return nil }
            if let server = MailServerAddress(text), schemes.contains(server.scheme) { return server }
            problem(
                "`\(text)` isn't the address of a server", at: position,
                hint: "write `\(schemes[0].rawValue)://mail.example.org`, or `\(schemes[1].rawValue)://` for STARTTLS")
            return nil
        }
        guard mail.required("imap") != nil, let imap = server("imap", [.imaps, .imap]),
            let proof = mail.required("auth").flatMap({ word($0, of: MailAccess.Proof.self, what: "`auth`") })
        else { return nil }
        let domain = mail.text("domain")?.lowercased()
        if let domain, MailAddress("a@\(domain)") == nil {
            problem("`\(domain)` isn't a domain of mail", at: position, hint: "write one such as `example.org`")
        }
        return MailAccess(
            imap: imap, smtp: server("smtp", [.smtps, .smtp]), proof: proof, domain: domain,
            certificates: mail.text("certificates"))
    }

    /// The bundled tools, under this provider's name.
    private func mailTools(of provider: String, sends: Bool, at position: SourcePosition) -> [ToolManifest] {
        let text = String(decoding: PackageResources.mailtools_json5, as: UTF8.self)
        guard let node = try? JSON5.parse(text), case .array(let items) = node.value else {
            problem("the bundled tools can't be read", at: position)
            return []
        }
        return items.compactMap { tool($0, provider: "mail") }.filter { sends || $0.effect != .send }
            .map { tool in
                let name = provider + tool.name.dropFirst("mail".count)
                checkName(name, provider: provider, at: position)
                return tool.renamed(name)
            }
    }
}

extension AccountProbe {
    /// Asked of the mailbox itself, which is open only to whom it belongs.
    fileprivate static let mail = AccountProbe(
        requests: [
            RequestTemplate(
                method: "POST", path: [.literal("/account")], query: [],
                body: .object([(key: "user", value: .argument("id"))]))
        ], id: [JSONPointer("/id") ?? .root], email: JSONPointer("/email"), name: nil, scopesHeader: nil)
}

extension RefusalShape {
    fileprivate static let mail = RefusalShape(
        code: JSONPointer("/error/code"), message: JSONPointer("/error/message"), success: nil, credentialCodes: [],
        missingScopes: .none)
}

extension ToolManifest {
    fileprivate func renamed(_ name: String) -> ToolManifest {
        ToolManifest(
            name: name, title: title, text: text, effect: effect, scopes: scopes, mayNeed: mayNeed,
            arguments: arguments,
            labels: labels, request: request, verify: verify, answerSubject: answerSubject, schema: schema)
    }
}
