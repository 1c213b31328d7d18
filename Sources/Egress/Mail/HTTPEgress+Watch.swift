import Authority
import Broker
public import Gate
import Mail
import NIOCore
public import Turns
public import Wire

extension HTTPEgress {
    /// For a whole session, which ends by itself before that.
    private static let session = TimeAmount.minutes(70)
    private static let command = TimeAmount.seconds(60)
    private static let sessionBytes = 1 << 30

    /// Opens the inbox of a channel's account, and hands it over until `body` ends: an errand. The login is the connection's,
    /// and a token that the server refuses is renewed once.
    public func open(
        _ access: MailAccess, for use: ConnectionUse,
        _ body: @Sendable (any OpenMailbox) async throws(MailboxFailure) -> Void
    ) async throws(MailboxFailure) {
        guard use.origin == access.origin else {
            throw MailboxFailure("the credential was made for other mail servers")
        }
        let credential: Credential
        do throws(CredentialError) { credential = try await credentials.credential(for: use, by: nil) } catch {
            throw MailboxFailure("the account's credential can't be used")
        }
        guard try await isDenied(access, use, credential, body) else { return }
        var other: Credential?
        if let generation = credential.generation {
            do throws(CredentialError) {
                other = try await credentials.credential(for: use, by: nil, rejecting: generation)
            } catch {
                throw MailboxFailure("the account's token was refused and can't be renewed")
            }
        }
        guard let other, try await !isDenied(access, use, other, body) else {
            throw MailboxFailure("the mail server refused the login")
        }
    }

    /// Whether the login was refused.
    private func isDenied(
        _ access: MailAccess, _ use: ConnectionUse, _ credential: borrowing Credential,
        _ body: @Sendable (any OpenMailbox) async throws(MailboxFailure) -> Void
    ) async throws(MailboxFailure) -> Bool {
        let forms = SecretForms(credential)
        secrets.begin(forms)
        defer { secrets.end(forms) }
        do throws(MailFailure) {
            let mailbox = Mailbox(
                access: access, login: try login(credential, access, use.facts.account), account: use.facts.account,
                checked: clients.checked, limits: limits)
            let route = try await mailbox.route(
                to: access.imap, whole: HTTPEgress.session, each: HTTPEgress.command, bytes: HTTPEgress.sessionBytes)
            try await IMAPSession.run(as: mailbox.login, by: route) { session throws(MailFailure) in
                guard let inbox = MailFolderName("INBOX") else { return }
                let open = try await session.open(inbox, forReading: false)
                do throws(MailboxFailure) {
                    try await body(WatchedMailbox(session: session, folder: open, own: use.facts.account))
                } catch {
                    throw .notSent(error.reason)
                }
            }
            return false
        } catch {
            switch error {
            case .denied: return true
            case .notSent, .refused, .unknown: throw MailboxFailure(Redactor.redact(error.reason, forms.patterns))
            }
        }
    }
}
