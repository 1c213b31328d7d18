public import Authority
import GRDB
import Gate
public import Registry

extension SQLiteStore: SharingStore {
    private static let allGroups = Query("SELECT * FROM people_groups WHERE organization = $1 ORDER BY id")
    private static let allShares = Query("SELECT * FROM shares WHERE organization = $1 ORDER BY agent, grantee")

    public func sharing(in organization: OrganizationID) async throws -> Sharing {
        try await pool.read { db in
            Sharing(
                groups: try SQLiteStore.allGroups.rows(db, [organization.raw]).map { row in
                    GroupRecord(
                        organization: organization, id: GroupID(row["id"]), name: row["name"],
                        members: Set(try [String](stored: row["members"]).map { PersonID($0) }))
                },
                shares: try SQLiteStore.allShares.rows(db, [organization.raw]).map { row in
                    guard let grantee = Grantee(text: row["grantee"]) else {
                        throw StorageError(.corrupt, "a share can't be read")
                    }
                    return ShareRecord(
                        organization: organization, agent: AgentID(row["agent"]), grantee: grantee,
                        rights: Set(try [String](stored: row["rights"]).compactMap(ShareRight.init)),
                        by: row["shared_by"], at: Timestamp(microseconds: row["at"]))
                })
        }
    }
}
