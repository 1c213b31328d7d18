import Authority
import OAuth
import OpenID
import Wire

extension SignInSettings {
    /// With the secrets: for sealing alone.
    var stored: JSON {
        ["links": .bool(allowsLinks), "providers": .array(providers.map(\.stored))]
    }

    /// Nil when it isn't what `stored` gives.
    init?(stored json: JSON) {
        guard let links = json["links"]?.boolValue, let list = json["providers"]?.arrayValue else { return nil }
        allowsLinks = links
        providers = list.compactMap(SignInProvider.init(stored:))
        if providers.count != list.count { return nil }
    }
}

extension SignInProvider {
    fileprivate var stored: JSON {
        var object: JSONObject = [
            "name": .string(name), "issuer": .string(issuer.text), "client": .string(clientID),
            "authentication": .string(authentication.rawValue), "scopes": .array(scopes.map { .string($0) }),
        ]
        if let secret { object["secret"] = .string(secret.withBytes { Base64.encode($0) }) }
        if let groups {
            let pairs = groups.groups.sorted { $0.key < $1.key }.map { name, ours in
                (name, JSON.array(ours.sorted().map { .string($0.raw) }))
            }
            object["groups"] = ["claim": .string(groups.claim), "map": .object(JSONObject(pairs))]
        }
        return .object(object)
    }

    fileprivate init?(stored json: JSON) {
        guard let name = json["name"]?.stringValue, let text = json["issuer"]?.stringValue,
            let issuer = try? Issuer(text), let client = json["client"]?.stringValue,
            let authentication = json["authentication"]?.stringValue.flatMap(ClientAuthentication.init(rawValue:)),
            let scopes = json["scopes"]?.arrayValue?.compactMap(\.stringValue)
        else { return nil }
        var secret: HeldSecret?
        if let text = json["secret"]?.stringValue {
            guard var bytes = Base64.decode(text) else { return nil }
            secret = HeldSecret(consuming: &bytes)
        }
        var groups: GroupMapping?
        if let json = json["groups"] {
            guard let claim = json["claim"]?.stringValue, let map = json["map"]?.objectValue else { return nil }
            groups = GroupMapping(
                claim: claim,
                groups: Dictionary(
                    uniqueKeysWithValues: map.members.map { name, ours in
                        (name, Set((ours.arrayValue ?? []).compactMap(\.stringValue).map { GroupID($0) }))
                    }))
        }
        self.init(
            name: name, issuer: issuer, clientID: client, authentication: authentication, secret: secret,
            scopes: scopes, groups: groups)
    }
}
