import Turns
import Wire

/// What Slack said to a message of ours.
struct SlackAnswer {
    let outcome: DeliveryOutcome

    init(_ answer: ChannelAnswer, to request: ChannelRequest) {
        let method = SlackMethod(rawValue: request.path)
        switch answer.status {
        case 200: outcome = Self.read(answer, to: request, method)
        case 429: outcome = .putOff(after: answer.retryAfter, "Slack takes no more messages for now")
        case 400..<500: outcome = .refused("Slack refused with status \(answer.status)")
        case _: outcome = Self.doubt(method, "Slack answered with status \(answer.status)")
        }
    }

    private static func read(
        _ answer: ChannelAnswer, to request: ChannelRequest, _ method: SlackMethod?
    ) -> DeliveryOutcome {
        guard let body = try? JSON.parse(answer.body), let isTaken = body["ok"]?.boolValue else {
            return doubt(method, "Slack's answer can't be read")
        }
        guard isTaken else {
            let code = body["error"]?.stringValue ?? ""
            guard let refusal = SlackRefusal(rawValue: code) else {
                let isCode = !code.isEmpty && code.utf8.count <= 64 && code.utf8.allSatisfy(isCodeLetter)
                return .refused(isCode ? "Slack refused with `\(code)`" : "Slack refused without a reason")
            }
            switch refusal.kind {
            case .final: return .refused(refusal.sentence)
            case .passing: return .retry(after: answer.retryAfter, refusal.sentence)
            case .busy: return .putOff(after: answer.retryAfter, refusal.sentence)
            case .doubtful: return doubt(method, refusal.sentence)
            }
        }
        if method == .share {
            let names = (body["files"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
            guard !names.isEmpty else { return .unknown("Slack took the files and didn't say which they are") }
            return .delivered("")
        }
        let channel = body["channel"]?.stringValue ?? request.body["channel"]?.stringValue ?? ""
        let stamp = body["ts"]?.stringValue ?? body["message_ts"]?.stringValue ?? ""
        guard SlackID.isWellFormed(channel), SlackID.time(stamp) != nil else {
            return .unknown("Slack took the message and didn't say which it is")
        }
        return .delivered("\(channel)/\(stamp)")
    }

    /// It may have been done. What is harmless twice is done again.
    private static func doubt(_ method: SlackMethod?, _ sentence: String) -> DeliveryOutcome {
        method?.isRepeatable ?? false ? .retry(after: nil, sentence) : .unknown(sentence)
    }

    private static func isCodeLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
