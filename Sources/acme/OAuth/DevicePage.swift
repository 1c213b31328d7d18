import HTTPTypes

/// The page where a person types a device's code and decides.
struct DevicePage: Sendable {
    let desk: OAuthDesk
    let rules: AuthorizationRules

    func answer(_ call: Call) throws(Answer) -> Answer {
        guard call.method == .post else {
            return Pages.device(
                rules, desk.step { $0.accounts }, code: call.query["user_code"] ?? "", at: call.path)
        }
        let form = call.form
        let now = desk.now
        guard let account = form["account"].flatMap(desk.account), !account.isDisabled else {
            throw Pages.refusal(rules, "account_not_found", "this account can't sign in.")
        }
        let isAllowed = form["decision"] == "allow"
        let isKnown = desk.step { book in
            guard let (secret, request) = book.waiting(form["user_code"] ?? "", now: now) else { return false }
            guard isAllowed else {
                book.devices[secret]?.state = .denied
                return true
            }
            let family = book.begin(client: request.client, owner: account.owner, scopes: request.scopes, now: now)
            book.devices[secret]?.state = .allowed(family: family.id)
            return true
        }
        guard isKnown else { throw Pages.refusal(rules, "invalid_user_code", "no device waits with this code.") }
        return Pages.done(rules, isAllowed ? "The device is connected." : "The device was refused.")
    }
}
