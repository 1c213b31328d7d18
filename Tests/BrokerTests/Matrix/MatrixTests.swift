import Authority
import Testing

/// Row 8 of the threats: a wrong credential. Every person with every agent of every identity, and the upstream's own journal
/// says whose credential it saw.
@Suite(.serialized) struct MatrixTests {
    @Test(arguments: MatrixDatabase.allCases)
    func `row 8: of all pairs none ever shows the upstream somebody else's credential`(
        database: MatrixDatabase
    ) async throws {
        let cast = database == .sqlite ? MatrixCast(people: 200, agents: 20) : MatrixCast(people: 60, agents: 10)
        let report = try await report(cast, in: database)
        print("row 8, \(database): \(report.summary)")
        #expect(report.isRight, "\(report.faults)")
        #expect(report.pairs == cast.people * cast.agents * 3)
        for identity in MatrixCast.identities {
            #expect(report.share("done", of: identity) > 0.2, "\(identity)")
            #expect(report.share("connect", of: identity) > 0.05, "\(identity)")
            #expect(report.share("denied", of: identity) > 0.02, "\(identity)")
        }
        #expect(report.share("asked", of: .delegate) > 0.05)
        #expect(report.changes.values.reduce(0, +) > report.pairs / 100)
        #expect(report.renewals > report.pairs / 50 && report.refused > report.pairs / 100)
        let kinds = ["reconnected", "connected", "chosen", "taken back", "broken", "revoked"]
        #expect(database != .sqlite || kinds.allSatisfy { report.changes[$0] != nil }, "\(report.changes)")
    }

    @Test(arguments: [
        MatrixFault.connectionsForgetOwner, .mandatesForgetAgent, .factsForgetPerson,
    ])
    func `row 8: a cache key that lacks its owner is found`(fault: MatrixFault) async throws {
        let report = try await report(MatrixCast(people: 30, agents: 4), in: .sqlite, with: fault)
        #expect(!report.isRight)
        #expect(report.wrongOwners.isEmpty, "another wall still stands: \(report.faults)")
    }

    @Test func `row 8: any valid credential is found, by its owner`() async throws {
        let report = try await report(MatrixCast(people: 30, agents: 4), in: .sqlite, with: .anyCredential)
        #expect(report.wrongOwners.contains { $0.contains(" \(MatrixTokens.provider), ") })
        #expect(report.wrongOwners.contains { !$0.contains(" \(MatrixTokens.provider), ") })
    }

    @Test(arguments: [MatrixFault.recordsForgetConnection, .tokensForgetConnection])
    func `row 8: what lies under the wrong key opens for nobody, and is read again`(fault: MatrixFault) async throws {
        let report = try await report(MatrixCast(people: 30, agents: 4), in: .sqlite, with: fault)
        #expect(report.isRight, "\(report.faults)")
    }

    private func report(
        _ cast: MatrixCast, in database: MatrixDatabase, with fault: MatrixFault = .none
    ) async throws -> MatrixReport {
        try await database.withStore { store in
            let matrix = try await Matrix.make(cast, in: store, with: fault)
            try await MatrixChanges.settle(matrix)
            return try await matrix.run(seed: 8)
        }
    }
}
