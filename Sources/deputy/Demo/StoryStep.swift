import Synchronization
import Wire

/// One step of the story as it came out.
struct StoryStep: Sendable {
    let title: String
    /// What Deputy decided and why, as the client was told.
    let decision: String
    /// What the services saw.
    let journal: [String]
    /// What was expected and didn't happen. Empty when all is as told.
    let complaints: [String]

    var hasPassed: Bool { complaints.isEmpty }

    var json: JSON {
        [
            "step": .string(title), "decision": .string(decision),
            "journal": .array(journal.map { .string($0) }), "passed": .bool(hasPassed),
            "complaints": .array(complaints.map { .string($0) }),
        ]
    }

    func show() {
        print("\(hasPassed ? "✓" : "✗") \(title)")
        if !decision.isEmpty { print("    deputy: \(Table.inert(decision))") }
        for line in journal { print("    journal: \(Table.inert(line))") }
        for complaint in complaints { print("    NOT AS TOLD: \(Table.inert(complaint))") }
        FileHandleOutput.flush()
    }
}

/// The steps, handed from the task that plays them to the one that reports.
final class StoryResult: Sendable {
    private let kept = Mutex<[StoryStep]>([])

    func keep(_ steps: [StoryStep]) { kept.withLock { $0 = steps } }

    var steps: [StoryStep] { kept.withLock { $0 } }
}
