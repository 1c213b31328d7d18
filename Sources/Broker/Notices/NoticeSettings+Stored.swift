import Wire

extension NoticeSettings {
    /// With the secrets: for sealing alone.
    var stored: JSON {
        var object: JSONObject = [:]
        if let mail {
            var fields: JSONObject = [
                "security": .string(mail.security.rawValue), "host": .string(mail.host),
                "port": .number(JSONNumber(Int64(mail.port))), "from": .string(mail.from.text),
            ]
            if let user = mail.user { fields["user"] = .string(user) }
            if let password = mail.password { fields["password"] = password.stored }
            if let trusted = mail.trusted { fields["trusted"] = .string(trusted) }
            object["mail"] = .object(fields)
        }
        if let webhook {
            object["webhook"] = [
                "origin": .string(webhook.origin), "target": .string(webhook.target), "key": webhook.key.stored,
            ]
        }
        return .object(object)
    }

    /// Nil when it isn't what `stored` gives.
    init?(stored: JSON) {
        if let json = stored["mail"] {
            guard let mail = MailSettings(stored: json) else { return nil }
            self.mail = mail
        }
        if let json = stored["webhook"] {
            guard let origin = json["origin"]?.stringValue, let target = json["target"]?.stringValue,
                let key = json["key"].flatMap(HeldSecret.init(stored:))
            else { return nil }
            webhook = WebhookSettings(origin: origin, target: target, key: key)
        }
    }
}

extension MailSettings {
    fileprivate init?(stored json: JSON) {
        guard let security = json["security"]?.stringValue.flatMap(Security.init(rawValue:)),
            let host = json["host"]?.stringValue, let port = json["port"]?.integerValue,
            let from = json["from"]?.stringValue.flatMap({ MailAddress($0) })
        else { return nil }
        self.init(
            security: security, host: host, port: Int(port), user: json["user"]?.stringValue,
            password: json["password"].flatMap(HeldSecret.init(stored:)), from: from,
            trusted: json["trusted"]?.stringValue)
    }
}

extension HeldSecret {
    fileprivate var stored: JSON { .string(withBytes { Base64.encode($0) }) }

    fileprivate convenience init?(stored json: JSON) {
        guard var bytes = json.stringValue.flatMap({ Base64.decode($0) }) else { return nil }
        self.init(consuming: &bytes)
    }
}
