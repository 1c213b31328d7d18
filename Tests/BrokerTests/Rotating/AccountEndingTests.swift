import Authority
import Gate
import Synchronization
import Testing
import Twins
import Wire

@testable import Broker

extension AccountStage {
    func end(every days: Int64? = nil) async throws {
        _ = try await connections().schedule(row.id, in: GrantStage.acme, every: days, by: "test")
    }

    func rotations() async throws -> [KeyRotation] { try await stage.store.rotations(in: GrantStage.acme) }
}

@Suite struct `A rotation that ends half-way` {
    @Test func `a key that was uploaded and isn't used is deleted, whichever answer was lost`() async throws {
        for lost in [nil, 1, 2, 3] {
            for days in [nil, Int64(30)] {
                let stage = try await AccountStage()
                stage.google.state.withLock { $0.slow = 100 }
                if let lost { stage.google.state.withLock { $0.lost = [lost] } }
                try await stage.goRound()
                stage.due()
                try await stage.desk().sweep()
                #expect(stage.known == ["kid-1", "kid-2"], "it is uploaded")
                try await stage.end(every: days)
                try await stage.live(hours: 2)
                #expect(stage.known == ["kid-1"], "lost \(String(describing: lost)): \(stage.calls)")
                #expect(try await stage.held() == ["kid-1"])
                #expect(try await stage.rotations().isEmpty)
                #expect(try await stage.stage.changes().contains("connection.key.withdrawn"))
                #expect(try await stage.stage.store.sealedRows(.rotation, notBy: [], after: "", limit: 9).isEmpty)
                #expect(try await stage.token() == "by-kid-1")
            }
        }
    }

    @Test func `where the new one is used already the one before is deleted, if it may be`() async throws {
        for removing in [true, false] {
            let stage = try await AccountStage()
            try await stage.goRound(removing: removing)
            stage.due()
            try await stage.desk().sweep()
            #expect(try await stage.held() == ["kid-2", "kid-1"])
            try await stage.end()
            try await stage.live(hours: 1)
            #expect(stage.known == (removing ? ["kid-2"] : ["kid-1", "kid-2"]))
            #expect(try await stage.held() == ["kid-2"])
            #expect(try await stage.rotations().isEmpty)
            let change = removing ? "connection.key.removed" : "connection.key.left"
            #expect(try await stage.stage.changes().contains(change))
        }
    }

    @Test func `whatever a row calls it, only the key that was uploaded is deleted`() async throws {
        for other in ["kid-1", "kid-7", nil] {
            let stage = try await AccountStage()
            stage.google.state.withLock { state in
                state.slow = 100
                state.keys["kid-7"] = .some(nil)
            }
            try await stage.goRound()
            stage.due()
            try await stage.desk().sweep()
            try await stage.end()
            // Whoever may write to the database.
            var rotation = try await stage.rotation()
            rotation.nextID = other
            rotation.version += 1
            try await stage.stage.store.commit(Transaction(changes: [RotationChange.step(rotation)]))
            try await stage.live(hours: 2)
            #expect(stage.known == ["kid-1", "kid-7"], "said \(other ?? "nothing")")
            #expect(try await stage.rotations().isEmpty)
        }
    }

    @Test func `an upload that is under way is looked for only once it has surely ended`() async throws {
        let stage = try await AccountStage()
        stage.google.state.withLock { $0.lost = [1] }
        try await stage.goRound()
        stage.due()
        try await stage.desk().sweep()
        let before = stage.calls
        try await stage.end()
        _ = try await stage.connections().goRoundNow(stage.row.id, in: GrantStage.acme, by: "test")
        try await stage.end()
        stage.stage.clock.advance(seconds: RotationDesk.claimSeconds - 1)
        try await stage.desk().sweep()
        #expect(stage.calls == before)
        stage.stage.clock.advance(seconds: 1)
        try await stage.desk().sweep()
        #expect(stage.known == ["kid-1"])
        #expect(try await stage.rotations().isEmpty)
    }

    @Test func `who took the step before writes it down nowhere once it is ended`() async throws {
        let stage = try await AccountStage()
        stage.google.state.withLock { $0.slow = 100 }
        try await stage.goRound()
        stage.due()
        try await stage.desk().sweep()
        var stale = try await stage.rotation()
        stale.version += 1
        try await stage.end()
        await #expect(throws: CommitError.self) {
            try await stage.stage.store.commit(Transaction(changes: [RotationChange.step(stale)]))
        }
    }

    @Test func `what can't be deleted from here is told of by its id, and left to whoever says it again`() async throws
    {
        let stage = try await AccountStage()
        stage.google.state.withLock { $0.slow = 100 }
        try await stage.goRound()
        stage.due()
        try await stage.desk().sweep()
        stage.google.state.withLock { $0.mayManage = false }
        try await stage.end()
        try await stage.live(hours: 1)
        let found = try #require(try await stage.connections().standing(of: stage.row.id, in: GrantStage.acme))
        #expect(found.standing.cause == .rotationFailed && found.standing.code == "PERMISSION_DENIED")
        let step = try #require(found.nextStep)
        #expect(step.contains("keys delete kid-2 --iam-account robot@acme.iam.gserviceaccount.com"))
        #expect(try await stage.token() == "by-kid-1")
        let error = await #expect(throws: BrokerError.self) {
            try await stage.stage.desk.rotate(
                stage.row.id, to: try GrantStage.account(), for: GrantStage.new(), ends: nil)
        }
        #expect(error?.message.contains("taken back") == true)
        try await stage.end()
        #expect(try await stage.rotations().isEmpty)
        let leaf = try await stage.stage.leaves().last { $0["change"]?.stringValue == "connection.schedule.set" }
        #expect(leaf?["left_key"]?.stringValue == "kid-2")
    }

    @Test func `a gateway that dies at any commit of it leaves what the next one ends`() async throws {
        var deaths = 0
        for isWritten in [false, true] {
            for last in 0..<3 {
                let stage = try await AccountStage()
                stage.google.state.withLock { $0.slow = 100 }
                try await stage.goRound()
                stage.due()
                try await stage.desk().sweep()
                try await stage.end()
                let dying = DyingCommits(stage.stage.store, at: last, isWritten: isWritten)
                try await stage.desk(dying).sweep()
                deaths += dying.isDead ? 1 : 0
                try await stage.live(hours: 1)
                #expect(stage.known == ["kid-1"])
                #expect(try await stage.rotations().isEmpty)
            }
        }
        #expect(deaths == 2 * 2, "each commit was one to die at")
    }
}
