import Authority
import Gate
import Wire

/// Carries out a memory's tools, within the scope that the permit brings.
struct MemoryExecutor: ToolExecutor {
    let tool: MemoryTool
    let desk: MemoryDesk

    private static let room = 20_000

    func execute(_ permit: consuming Permit, through upstream: any Upstream) async -> ToolOutcome {
        let call = permit.spend().call
        do {
            switch tool {
            case .search: return try await search(call)
            case .remember: return try await remember(call)
            case .teach: return try await teach(call)
            case .forget: return try await forget(call)
            }
        } catch let error as TurnsError {
            return refused(error.code.rawValue, error.description)
        } catch CommitError.moved {
            return .notSent("what this call stood on has changed; try again")
        } catch CommitError.exists {
            return refused("exists", "something else changed this memory at the same time")
        } catch let error as CommitError {
            switch error {
            case .unavailable(let reason): return .notSent(reason)
            case .moved, .budgetSpent, .identicalCall, .exists, .approval, .window, .tooManyAsks:
                return .notSent("something else changed at the same time; try again")
            }
        } catch {
            return .notSent("the gateway can't read its own state")
        }
    }

    private func search(_ call: JudgedCall) async throws -> ToolOutcome {
        let limit = call.arguments["limit"]?.integerValue.flatMap { Int(exactly: $0) } ?? 10
        let wish = MemoryWish(
            query: call.arguments["query"]?.stringValue ?? "", limit: limit, room: MemoryExecutor.room)
        let found = try await desk.recall(wish, in: call.memory)
        let shown = found.map { memory -> JSON in
            [
                "id": .string(memory.entry.id.raw), "of": .string(memory.entry.place.partition.name),
                "text": .string(memory.text),
            ]
        }
        return .done(
            ["memories": .array(shown)], labels: found.reduce(.fresh) { $0.joined(with: $1.labels) })
    }

    private func remember(_ call: JudgedCall) async throws -> ToolOutcome {
        let isThread = call.arguments["for"]?.stringValue == "conversation"
        let partition = call.memory.writes.first { partition in
            switch partition {
            case .agent: false
            case .person: !isThread
            case .thread: isThread
            }
        }
        guard let partition else { return nobody }
        return try await keep(call, in: partition)
    }

    private func teach(_ call: JudgedCall) async throws -> ToolOutcome {
        guard call.memory.mayTeach else { return nobody }
        return try await keep(call, in: .agent)
    }

    private func keep(_ call: JudgedCall, in partition: MemoryPartition) async throws -> ToolOutcome {
        let entry = try await desk.add(
            call.arguments["text"]?.stringValue ?? "", as: MemoryID("mem_\(call.id)"),
            at: MemoryPlace(partition, of: call.memory.agent, in: call.memory.organization), by: call.memory.reader,
            source: call.id.raw, call.labels.kept(in: partition), under: call.grounds)
        return .done(["id": .string(entry.id.raw), "of": .string(partition.name)], labels: .fresh)
    }

    private func forget(_ call: JudgedCall) async throws -> ToolOutcome {
        let id = MemoryID(call.arguments["id"]?.stringValue ?? "")
        for partition in call.memory.writes {
            let place = MemoryPlace(partition, of: call.memory.agent, in: call.memory.organization)
            guard let entry = try await desk.store.memory(id, at: place), entry.about == call.memory.reader else {
                continue
            }
            try await desk.forget(entry, by: call.memory.reader, under: call.grounds)
            return .done(["forgotten": .string(id.raw)], labels: .fresh)
        }
        return refused("unknown", MemoryDesk.gone.description)
    }

    private var nobody: ToolOutcome {
        refused("nobody", "there is nobody here whom anything could be remembered for")
    }

    private func refused(_ code: String, _ message: String) -> ToolOutcome {
        .refused(
            ProviderRefusal(status: 409, code: code, message: message, retryAfter: nil, isCredentialRefused: false),
            labels: .fresh)
    }
}
