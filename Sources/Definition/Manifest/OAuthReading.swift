import OAuth
import Wire

extension SourceReader {
    private static let oauthKeys = [
        "issuer", "namesItself", "authorization", "token", "revocation", "revokesAll", "introspection", "device",
        "userinfo",
        "authentication",
        "assertions",
        "encoding", "separator", "scopeParameter", "root", "tokenTypes", "parameters", "scopes", "scopePrefix",
        "refresh", "exchange", "endsItself", "agents", "tenant", "app", "ownKeys",
    ]

    /// The `oauth` of a provider manifest.
    ///
    /// - Parameter secure: whether its endpoints have to be reached by TLS: those of a provider that is.
    func oauth(_ node: JSON5Node, secure: Bool) -> AuthorizationServer? {
        guard let object = object(node, keys: SourceReader.oauthKeys, what: "`oauth`") else { return nil }
        func endpoint(_ key: String) -> Endpoint? {
            guard let node = object[key], let text = text(node, what: "`\(key)`") else { return nil }
            let endpoint = Endpoint(text, secure: secure)
            if endpoint == nil {
                problem(
                    "`\(text)` isn't an address", at: node.position,
                    hint: "write the whole of it, such as `https://id.example/oauth/token`")
            }
            return endpoint
        }
        guard object.required("authorization") != nil, object.required("token") != nil,
            let authorization = endpoint("authorization"), let token = endpoint("token")
        else { return nil }
        let issuer = object.text("issuer")
        let namesItself = object.flag("namesItself")
        if namesItself, issuer == nil {
            problem("`namesItself` needs the `issuer` that answers name", at: node.position)
        }
        return AuthorizationServer(
            issuer: issuer, namesItself: namesItself, authorization: authorization, token: token,
            revocation: endpoint("revocation"), revokesAll: object.flag("revokesAll"),
            introspection: endpoint("introspection"), device: endpoint("device"),
            authentication: object["authentication"].flatMap {
                word($0, of: ClientAuthentication.self, what: "`authentication`")
            } ?? .basic,
            assertions: object["assertions"].flatMap {
                word($0, of: AssertionAudience.Rule.self, what: "`assertions`")
            } ?? .issuer,
            dialect: dialect(object, over: TokenDialect(endsItself: object.flag("endsItself"))),
            parameters: Dictionary(
                object.entries("parameters").compactMap { member in
                    text(member.node, what: "a parameter").map { (member.key, $0) }
                }, uniquingKeysWith: { first, _ in first }),
            scopes: object.texts("scopes"), refresh: refresh(object["refresh"]), userinfo: endpoint("userinfo"),
            exchange: object["exchange"].flatMap { exchange($0, secure: secure) },
            agents: object["agents"].flatMap { agents($0, of: object) }, tenant: pointer("tenant", of: object),
            app: pointer("app", of: object), ownKeys: object["ownKeys"].flatMap { ownKeys($0, secure: secure) })
    }

    private func ownKeys(_ node: JSON5Node, secure: Bool) -> OwnKeys? {
        guard let object = object(node, keys: ["interface", "at", "scopes"], what: "`ownKeys`"),
            let interface = object.required("interface").flatMap({
                word($0, of: OwnKeys.Interface.self, what: "`interface`")
            }), let place = object.required("at").flatMap({ text($0, what: "`at`") })
        else { return nil }
        guard let base = Endpoint(place, secure: secure), !place.hasSuffix("/"), !place.contains("?") else {
            problem(
                "`\(place)` isn't an address that paths can follow", at: node.position,
                hint: "write it as `https://graph.example/v1.0`")
            return nil
        }
        return OwnKeys(interface: interface, base: base, scopes: object.texts("scopes"))
    }

    /// What it doesn't say is as it is for people.
    private func agents(_ node: JSON5Node, of server: SourceObject) -> AgentRule? {
        let keys = ["scopeParameter", "root", "tokenTypes", "scopes"]
        guard let object = object(node, keys: keys, what: "`agents`") else { return nil }
        let people = dialect(server, over: TokenDialect(endsItself: server.flag("endsItself")))
        return AgentRule(dialect: dialect(object, over: people), scopes: object.texts("scopes"))
    }

    private func exchange(_ node: JSON5Node, secure: Bool) -> ExchangeRule? {
        let keys = ["grant", "scopes", "audience", "resource", "requested", "actor"]
        guard let object = object(node, keys: keys, what: "`exchange`"),
            let grant = object.required("grant").flatMap({ word($0, of: ExchangeRule.Grant.self, what: "`grant`") })
        else { return nil }
        let rule = ExchangeRule(
            grant: grant, scopes: object.texts("scopes"), audiences: object.texts("audience"),
            resources: object.texts("resource").compactMap { text in
                let endpoint = Endpoint(text, secure: secure)
                if endpoint == nil { problem("`\(text)` isn't an address", at: node.position) }
                return endpoint
            },
            requested: object["requested"].flatMap { word($0, of: TokenType.self, what: "`requested`") },
            namesActor: object.flag("actor"))
        switch grant {
        case .tokenExchange: break
        case .onBehalfOf:
            if !rule.audiences.isEmpty || !rule.resources.isEmpty || rule.requested != nil || rule.namesActor {
                problem(
                    "`on_behalf_of` knows `scopes` alone", at: node.position,
                    hint: "the API is in the names of its scopes")
            }
        }
        return rule
    }

    private func dialect(_ object: SourceObject, over plain: TokenDialect) -> TokenDialect {
        TokenDialect(
            encoding: object["encoding"].flatMap {
                word($0, of: TokenDialect.Encoding.self, what: "`encoding`")
            } ?? plain.encoding,
            separator: object.text("separator") ?? plain.separator,
            scopeParameter: object.text("scopeParameter") ?? plain.scopeParameter,
            root: pointer("root", of: object) ?? plain.root,
            tokenTypes: object["tokenTypes"] == nil
                ? plain.tokenTypes : Set(object.texts("tokenTypes").map { $0.lowercased() }),
            scopePrefix: object.text("scopePrefix") ?? plain.scopePrefix, endsItself: plain.endsItself)
    }

    private func refresh(_ node: JSON5Node?) -> RefreshRules {
        let plain = RefreshRules()
        let keys = ["rotation", "marginSeconds", "concurrency", "idleSeconds"]
        guard let node, let object = object(node, keys: keys, what: "`refresh`") else { return plain }
        return RefreshRules(
            rotation: object["rotation"].flatMap {
                word($0, of: RefreshRules.Rotation.self, what: "`rotation`")
            } ?? plain.rotation,
            marginSeconds: count("marginSeconds", of: object, in: 0...86_400) ?? plain.marginSeconds,
            concurrency: count("concurrency", of: object, in: 1...100).map(Int.init) ?? plain.concurrency,
            idleSeconds: count("idleSeconds", of: object, in: 3_600...315_360_000))
    }

    func count(_ key: String, of object: SourceObject, in range: ClosedRange<Int64>) -> Int64? {
        guard let node = object[key] else { return nil }
        if case .number(let number) = node.value, let value = number.integer, range.contains(value) { return value }
        problem("`\(key)` must be a whole number from \(range.lowerBound) to \(range.upperBound)", at: node.position)
        return nil
    }
}
