import Foundation
import HTTPTypes

/// An authorization endpoint: shows the page, takes what the person decided, and sends the browser back with a code.
struct Authorizing: Sendable {
    let desk: OAuthDesk
    let rules: @Sendable (Call) -> AuthorizationRules
    /// Refuses what this service alone refuses.
    var screen: @Sendable (AuthorizationRequest) throws(Answer) -> Void = { _ throws(Answer) in }
    /// What is granted of what the person allowed: Google adds what was granted before.
    var widen: @Sendable (AuthorizationRequest, String, [String]) -> [String] = { $2 }
    /// What the answer says beside the code.
    var extras: @Sendable (AuthorizationRequest, [String]) -> [(String, String)] = { _, _ in [] }

    func operation(_ name: String) -> Operation {
        Operation(open: name, about: about, run: run)
    }

    private func about(_ call: Call) -> Party {
        let form = Self.form(call)
        return Party(
            owner: call.method == .post ? form["account"].flatMap(desk.account)?.owner : nil,
            client: form["client_id"].flatMap(desk.client)?.id)
    }

    private func run(_ call: Call) throws(Answer) -> Answer {
        let rules = rules(call)
        let form = Self.form(call)
        let request = try AuthorizationRequest(form, at: desk, rules)
        try screen(request)
        guard call.method == .post, form["decision"] != nil else {
            return Pages.consent(request, rules, desk.step { $0.accounts }, at: call.path)
        }
        guard form["decision"] == "allow" else { throw request.answer("access_denied", "the person said no") }
        guard let account = form["account"].flatMap(desk.account), !account.isDisabled else {
            throw Pages.refusal(rules, "account_not_found", "this account can't sign in.")
        }
        let isSubset = rules.allowsSubset && (form["subset"] != nil || form["grant"] != nil)
        let allowed = isSubset ? request.scopes.filter(form.all("grant").contains) : request.scopes
        return .redirect(accepted(request, by: account.owner, widen(request, account.owner, allowed)))
    }

    private func accepted(_ request: AuthorizationRequest, by owner: String, _ scopes: [String]) -> String {
        let code = SecretShape.code.mint()
        let now = desk.now
        desk.step { book in
            let family = book.begin(client: request.client.id, owner: owner, scopes: scopes, now: now)
            book.codes[code] = AuthorizationCode(
                family: family.id, redirectURI: request.redirectURI, challenge: request.challenge,
                nonce: request.form["nonce"], expires: now.addingTimeInterval(600), request: request.form)
        }
        return request.address([("code", code)] + extras(request, scopes))
    }

    /// The page's form after the person decided, the query before.
    private static func form(_ call: Call) -> Form {
        call.method == .post ? call.form : call.query
    }
}
