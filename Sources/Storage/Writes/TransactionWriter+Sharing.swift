import Authority
import Gate
import Registry
import Wire

extension TransactionWriter {
    private static let addGroup = Query(
        """
        INSERT INTO people_groups (organization, id, name, members) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let replaceGroup = Query(
        "UPDATE people_groups SET name = $1, members = $2 WHERE organization = $3 AND id = $4 RETURNING id")
    private static let removeGroup = Query("DELETE FROM people_groups WHERE organization = $1 AND id = $2")
    private static let removeShares = Query("DELETE FROM shares WHERE organization = $1 AND grantee = $2")
    private static let share = Query(
        """
        INSERT INTO shares (organization, agent, grantee, rights, shared_by, at, channels)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (organization, agent, grantee) DO UPDATE SET rights = excluded.rights,
        shared_by = excluded.shared_by, at = excluded.at, channels = excluded.channels
        """)
    private static let unshare = Query(
        "DELETE FROM shares WHERE organization = $1 AND agent = $2 AND grantee = $3")
    private static let forgetAgreement = Query(
        "DELETE FROM agreements WHERE organization = $1 AND agent = $2 AND person = $3")
    private static let forgetSessions = Query(
        "DELETE FROM sessions WHERE organization = $1 AND agent = $2 AND person = $3")
    private static let forgetAgreements = Query("DELETE FROM agreements WHERE organization = $1 AND person = $2")
    private static let forgetAllSessions = Query("DELETE FROM sessions WHERE organization = $1 AND person = $2")
    private static let revokeTokens = Query(
        "UPDATE tokens SET state = 'revoked' WHERE organization = $1 AND person = $2")

    func apply(sharing change: SharingChange) async throws {
        switch change {
        case .addGroup(let group):
            try await mustChange(
                TransactionWriter.addGroup,
                [group.organization.raw, group.id.raw, group.name, group.members.map(\.raw).sorted().stored.text],
                group.id.raw)
        case .replaceGroup(let group):
            try await mustChange(
                TransactionWriter.replaceGroup,
                [group.name, group.members.map(\.raw).sorted().stored.text, group.organization.raw, group.id.raw],
                group.id.raw)
        case .removeGroup(let organization, let id):
            try await session.run(TransactionWriter.removeGroup, [organization.raw, id.raw])
            try await session.run(TransactionWriter.removeShares, [organization.raw, Grantee.group(id).text])
        case .share(let share):
            try await session.run(
                TransactionWriter.share,
                [
                    share.organization.raw, share.agent.raw, share.grantee.text,
                    share.rights.map(\.rawValue).sorted().stored.text, share.by, share.at.microseconds,
                    share.channels?.sorted().map(\.text).stored.text,
                ])
        case .unshare(let organization, let agent, let grantee):
            try await session.run(TransactionWriter.unshare, [organization.raw, agent.raw, grantee.text])
        case .forgetUse(let organization, let agent, let person):
            for query in [TransactionWriter.forgetAgreement, TransactionWriter.forgetSessions] {
                try await session.run(query, [organization.raw, agent.raw, person.raw])
            }
        case .forgetPerson(let organization, let person):
            for query in [
                TransactionWriter.revokeTokens, TransactionWriter.forgetAgreements, TransactionWriter.forgetAllSessions,
            ] {
                try await session.run(query, [organization.raw, person.raw])
            }
        }
    }
}
