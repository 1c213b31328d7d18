import Authority
public import Broker
import OAuth
import OpenID
public import Registry
import Wire

/// How people sign in with a provider, and whose their logins are.
public struct SignInDesks: Sendable {
    let desk: SignInDesk
    let logins: LoginDesk

    public init(desk: SignInDesk, logins: LoginDesk) {
        self.desk = desk
        self.logins = logins
    }
}

extension AdministrationAPI {
    func showSignIn() async throws -> JSON {
        let settings = try await signIn.desk.settings()
        let logins = try await signIn.logins.logins(in: organization)
        return [
            "links": .bool(settings.allowsLinks), "providers": .array(settings.providers.map(json)),
            "logins": .array(
                logins.map { record in
                    let provider = settings.providers.first { $0.issuer.text == record.login.issuer }
                    return [
                        "person": .string(record.person.raw), "provider": provider.map { .string($0.name) } ?? .null,
                        "issuer": .string(record.login.issuer), "subject": .string(record.login.subject),
                        "by": .string(record.by),
                    ]
                }),
        ]
    }

    func addSignInProvider(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(
            body,
            keys: ["name", "issuer", "client", "secret", "authentication", "scopes", "claim", "groups", "replace"])
        var secret = Array((try reader.text("secret") ?? "").utf8)
        let new = NewSignInProvider(
            name: try reader.required("name"), issuer: try reader.required("issuer"),
            clientID: try reader.required("client"),
            authentication: try reader.word("authentication", of: ClientAuthentication.self),
            scopes: try reader.texts("scopes"), groups: try await mapping(reader), replaces: try reader.flag("replace"))
        return json(try await signIn.desk.add(new, secret: &secret, by: administrator.text))
    }

    /// Groups are named that there are: a mistake would put nobody anywhere, in silence.
    private func mapping(_ reader: BodyReader) async throws -> GroupMapping? {
        let claim = try reader.text("claim")
        let pairs = try reader.object("groups")
        guard claim != nil || !pairs.isEmpty else { return nil }
        guard let claim, !pairs.isEmpty else {
            throw BodyError(
                message: "`claim` and `groups` come together",
                hint: "name the claim that lists a person's groups, and which of them are which of yours")
        }
        guard !claim.hasPrefix("/") || JSONPointer(claim) != nil else {
            throw BodyError(message: "`\(claim)` isn't a JSON pointer", hint: "write it as /realm_access/roles")
        }
        var groups: [String: Set<GroupID>] = [:]
        for (theirs, value) in pairs.members {
            for ours in value.arrayValue ?? [] {
                let id = GroupID(ours.stringValue ?? "")
                groups[theirs, default: []].insert(try await administration.group(id, in: organization).id)
            }
        }
        return GroupMapping(claim: claim, groups: groups)
    }

    /// With the provider go the sessions of the browsers that it signed in. Whose its logins are stays known.
    func removeSignInProvider(_ name: String) async throws -> JSON {
        let provider = try await signIn.desk.provider(name)
        let ending = browsers.ending(issuer: provider.issuer.text, in: organization)
        try await signIn.desk.remove(name, taking: ending, by: administrator.text)
        return ["removed": .string(name)]
    }

    func allowLinks(_ body: JSONObject) async throws -> JSON {
        guard let allows = try BodyReader(body, keys: ["links"]).body["links"]?.boolValue else {
            throw BodyError(message: "`links` must be true or false", hint: nil)
        }
        try await signIn.desk.allowLinks(allows, by: administrator.text)
        return ["links": .bool(allows)]
    }

    func linkLogin(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["person", "provider", "issuer", "subject"])
        let person = PersonID(try reader.required("person"))
        let login = try await login(reader)
        if reader.body["issuer"] != nil { try await checkIssuer(login.issuer) }
        try await signIn.logins.link(login, to: person, by: administrator, in: organization)
        return .object(body)
    }

    /// A slip in an issuer would link what nobody ever brings.
    private func checkIssuer(_ issuer: String) async throws {
        let known =
            try await oauth.issuers(in: organization).map(\.url)
            + signIn.desk.settings().providers.map(\.issuer.text)
        guard !known.contains(issuer) else { return }
        throw BodyError(
            message: "`\(issuer)` is no issuer whose word is taken here",
            hint: suggestion(for: issuer, among: known) ?? "add it with `deputy issuers add`")
    }

    func unlinkLogin(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["provider", "issuer", "subject"])
        try await signIn.logins.unlink(try await login(reader), by: administrator, in: organization)
        return .object(body)
    }

    /// By the provider's name; a login of a provider that is gone by its issuer.
    private func login(_ reader: BodyReader) async throws -> Login {
        let subject = try reader.required("subject")
        if reader.body["issuer"] != nil { return Login(issuer: try reader.required("issuer"), subject: subject) }
        let provider = try await signIn.desk.provider(try reader.required("provider"))
        return Login(issuer: provider.issuer.text, subject: subject)
    }

    /// Without the secret. With what the provider has to be told of us.
    private func json(_ provider: SignInProvider) -> JSON {
        var object: JSONObject = [
            "name": .string(provider.name), "issuer": .string(provider.issuer.text),
            "client": .string(provider.clientID), "authentication": .string(provider.authentication.rawValue),
            "scopes": .array(provider.scopes.map { .string($0) }),
        ]
        if let groups = provider.groups {
            object["claim"] = .string(groups.claim)
            object["groups"] = .object(
                JSONObject(
                    groups.groups.sorted { $0.key < $1.key }.map { theirs, ours in
                        (theirs, .array(ours.sorted().map { .string($0.raw) }))
                    }))
        }
        if let url = address() {
            object["redirect_uri"] = .string("\(url)/sign-in/\(provider.name)/callback")
            object["logout_uri"] = .string("\(url)/sign-in/\(provider.name)/logout")
            object["post_logout_redirect_uri"] = .string("\(url)/sign-in")
        }
        return .object(object)
    }
}
