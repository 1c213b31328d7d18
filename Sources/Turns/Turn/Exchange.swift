import Gate
import Wire

/// What was asked in an earlier turn, and what was said in the end.
struct Exchange: Sendable {
    let turn: Turn
    let question: String
    let answer: String

    /// Nil without a question.
    init?(_ open: OpenTurn) {
        guard let question = open.log.question else { return nil }
        turn = open.turn
        self.question = question
        answer = open.log.answer ?? "(This wasn't answered.)"
    }

    var messages: [ModelMessage] { [.user(question), .assistant(answer, [])] }

    var length: Int { question.unicodeScalars.count + answer.unicodeScalars.count }

    /// In one line, for a digest.
    var line: String {
        "Asked: \(JSON.string(question.cut(to: Exchange.shown)).text) Answered: \(JSON.string(answer.cut(to: Exchange.shown)).text)"
    }

    private static let shown = 240
}

extension TurnLog {
    /// What was said in the end; nil while nothing was.
    fileprivate var answer: String? {
        for step in steps.reversed() {
            switch step {
            case .replied(let reply, _) where reply.calls.isEmpty && !reply.text.isEmpty: return reply.text
            case .asked, .replied, .calling, .answered, .waits, .unanswered, .tooLong, .unseen: continue
            }
        }
        return nil
    }
}

extension String {
    /// Its first so many scalars.
    func cut(to length: Int) -> String {
        unicodeScalars.count <= length ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(length))) + "…"
    }

    /// Its last so many scalars, from the beginning of a line where there is one.
    func kept(_ length: Int) -> String {
        guard unicodeScalars.count > length else { return self }
        let end = String(String.UnicodeScalarView(unicodeScalars.suffix(length)))
        return end.firstIndex(of: "\n").map { String(end[end.index(after: $0)...]) } ?? end
    }
}
