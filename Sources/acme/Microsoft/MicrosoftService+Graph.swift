import Foundation

extension MicrosoftService {
    /// The account of the token's owner, for tokens that somebody's sign-in made.
    func person(_ token: Token) throws(Answer) -> OAuthAccount {
        guard let account = desk.account(token.owner) else {
            throw Self.no(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
        }
        return account
    }

    func me(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let account = try person(token)
        return Answer(
            200,
            [
                "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/$entity",
                "id": .string(account.uuid("oid")), "displayName": .string(account.owner.capitalized),
                "mail": .string(account.email), "userPrincipalName": .string(account.email),
            ])
    }

    /// The tenant that the token is for.
    func organization(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let tenant = try person(token).tenant ?? Entra.tenant
        return Answer(
            200,
            [
                "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#organization",
                "value": [["id": .string(tenant), "displayName": "Acme"]],
            ])
    }

    /// One message per mailbox. An app without a user reads any, a person's token the person's own.
    func messages(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let isApp = token.owner == token.client
        let named = call.parameters["user"]?.lowercased()
        let mailbox: OAuthAccount
        if let named, isApp {
            guard let account = desk.step({ book in book.accounts.first { $0.email == named } }) else {
                throw Self.no(404, "ErrorInvalidUser", "The requested user is invalid.")
            }
            mailbox = account
        } else {
            mailbox = try person(token)
            guard named == nil || named == mailbox.email else {
                throw Self.no(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
            }
        }
        let words = call.query["$search"]?.trimmingCharacters(in: ["\""]).lowercased() ?? ""
        let found = Self.message(of: mailbox)
        let isFound = found["subject"]?.text?.lowercased().contains(words) ?? false
        return Answer(200, ["value": words.isEmpty || isFound ? [found] : []])
    }

    /// A message of somebody else's mailbox isn't there for this one.
    func message(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let mailbox = try person(token)
        guard call.parameters["id"] == Self.message(of: mailbox)["id"]?.text else {
            throw Self.no(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        }
        return Answer(
            200,
            Self.message(of: mailbox).with(
                "body", ["contentType": "text", "content": .string("Only \(mailbox.owner) reads this.")]))
    }

    private static func message(of mailbox: OAuthAccount) -> JSON {
        [
            "id": .string("AAMk-" + mailbox.uuid("mail")), "subject": .string("For \(mailbox.owner) alone"),
            "isRead": false, "receivedDateTime": "2026-11-16T09:00:00Z",
            "from": ["emailAddress": ["name": "Dana Reyes", "address": "dana@acme.test"]],
            "toRecipients": [["emailAddress": ["address": .string(mailbox.email)]]],
        ]
    }
}
