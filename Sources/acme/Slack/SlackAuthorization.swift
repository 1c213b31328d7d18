/// What Slack's token answers have in common.
enum SlackAuthorization {
    /// Slack separates scopes by commas.
    static func scopes(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map(String.init)
    }

    static func about(_ client: OAuthClient) -> JSON {
        [
            "ok": true, "app_id": .string(SlackWorld.app(of: client.bot)),
            "team": ["id": .string(SlackWorld.team), "name": "Acme"],
            "enterprise": .null, "is_enterprise_install": false,
        ]
    }
}

extension CodeFault {
    /// As oauth.v2.access names it.
    var slackCode: String {
        switch self {
        case .unknown, .expired: "invalid_code"
        case .spent: "code_already_used"
        case .otherRedirectURI: "bad_redirect_uri"
        case .missingVerifier, .wrongVerifier: "invalid_code_verifier"
        }
    }
}

extension OAuthDesk {
    /// Revokes a token and the refresh token that belongs to it, not the other one of the same installation.
    func revoke(_ token: Token) {
        guard let family = token.family else {
            revokeAlone(token.secret)
            return
        }
        step { book in
            for (secret, refresh) in book.refreshTokens where refresh.family == family && refresh.owner == token.owner {
                book.refreshTokens[secret]?.isLive = false
            }
        }
        revokeAccess(of: family, only: [token.secret])
    }

    func wasExchanged(_ secret: String) -> Bool {
        step { $0.exchanged.contains(secret) }
    }

    /// Marks a token as exchanged and ends it; false when it was before.
    func exchange(_ secret: String) -> Bool {
        let isFirst = step { $0.exchanged.insert(secret).inserted }
        revokeAlone(secret)
        return isFirst
    }
}
