import Broker
import Gate
import Mail
import NIOCore
import Vault
import Wire

extension HTTPEgress {
    /// One request to a mailbox, with a conversation of its own. It goes to the servers that the credential is sealed for, at
    /// addresses that were checked, and comes back without the credential in it.
    ///
    /// - Parameter account: whose mailbox it is; nil when that is what is asked.
    func mail(
        _ step: Step, _ access: MailAccess, at origin: String, with credential: borrowing Credential, account: String?
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        guard origin == access.origin else { throw .notSent("the credential was made for other mail servers") }
        guard step.body.count <= limits.requestBytes,
            let wanted = try? JSON.parse(step.body.isEmpty ? [0x7B, 0x7D] : step.body)
        else { throw .notSent("the request can't be read") }
        let forms = SecretForms(credential)
        secrets.begin(forms)
        defer { secrets.end(forms) }
        do throws(MailFailure) {
            let mailbox = Mailbox(
                access: access, login: try login(credential, access, account ?? wanted["user"]?.stringValue),
                account: account, checked: clients.checked, limits: limits)
            let answer = try await mailbox.answer(step.path, wanted)
            return UpstreamAnswer(status: 200, headers: [], body: Redactor.redact(answer.bytes(), forms.patterns))
        } catch {
            return try answer(to: error, forms)
        }
    }

    /// Who logs in: as the connection's account says, or, for a password, as the credential itself does.
    func login(
        _ credential: borrowing Credential, _ access: MailAccess, _ account: String?
    ) throws(MailFailure) -> MailLogin {
        var bytes = credential.secret.withBytes { Array($0) }
        let mechanism: MailLogin.Mechanism
        let user: String?
        switch access.proof {
        case .password:
            mechanism = .password
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
            user = colon.flatMap { String(validating: bytes[..<$0], as: UTF8.self) }
            if let colon { bytes.removeSubrange(...colon) }
        case .xoauth2:
            (mechanism, user) = (.xoauth2, account)
        case .oauthbearer:
            (mechanism, user) = (.oauthBearer, account)
        }
        let secret = HeldSecret(consuming: &bytes)
        guard let user, let login = MailLogin(user: user, mechanism, secret: Lent(secret: secret)) else {
            throw .refused(
                access.proof == .password
                    ? "the secret must be `user:password`" : "the connection doesn't say whose mailbox it is")
        }
        guard access.address(ofUser: user) != nil else {
            throw .refused("`\(user)` isn't of the domain `\(access.domain ?? "")`")
        }
        return login
    }

    private func answer(to failure: MailFailure, _ forms: SecretForms) throws(UpstreamFailure) -> UpstreamAnswer {
        let reason = Redactor.redact(failure.reason, forms.patterns)
        switch failure {
        case .notSent: throw .notSent(reason)
        case .unknown: throw .unknown(reason)
        case .denied: return refusal(401, "login_refused", reason)
        case .refused: return refusal(400, "refused", reason)
        }
    }

    private func refusal(_ status: Int, _ code: String, _ message: String) -> UpstreamAnswer {
        let body: JSON = ["error": ["code": .string(code), "message": .string(message)]]
        return UpstreamAnswer(status: status, headers: [], body: body.bytes())
    }
}
