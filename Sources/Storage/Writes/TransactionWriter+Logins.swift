import Authority
import Broker
import Gate
import Registry

extension TransactionWriter {
    private static let link = Query(
        """
        INSERT INTO logins (organization, issuer, subject, person, linked_by, at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING RETURNING subject
        """)
    private static let unlink = Query(
        """
        DELETE FROM logins WHERE organization = $1 AND issuer = $2 AND subject = $3 AND person = $4 RETURNING subject
        """)
    private static let unlinkAll = Query("DELETE FROM logins WHERE organization = $1 AND person = $2")
    private static let signInSettings = Query(
        """
        INSERT INTO home (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """)

    func apply(login change: LoginChange) async throws {
        switch change {
        case .link(let record):
            try await mustChange(
                TransactionWriter.link,
                [
                    record.organization.raw, record.login.issuer, record.login.subject, record.person.raw, record.by,
                    record.at.microseconds,
                ], "login")
        case .unlink(let organization, let login, let person):
            try await mustChange(
                TransactionWriter.unlink, [organization.raw, login.issuer, login.subject, person.raw], "login")
        case .unlinkAll(let organization, let person):
            try await session.run(TransactionWriter.unlinkAll, [organization.raw, person.raw])
        }
    }

    func apply(signIn change: SignInChange) async throws {
        switch change {
        case .settings(let sealed):
            try await session.run(TransactionWriter.signInSettings, [SealedValue.signIn.rawValue, sealed])
        }
    }
}
