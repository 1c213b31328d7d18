import Authority
import Gate

extension Effect {
    var sentence: String {
        switch self {
        case .read: "It reads."
        case .draft: "It keeps a draft here."
        case .send: "It sends, which can't be taken back."
        case .share: "It shares, which others see at once."
        case .create: "It creates something."
        case .update: "It changes something."
        case .delete: "It deletes, which can't be taken back."
        case .execute: "It executes something."
        case .administer: "It administers the service."
        }
    }
}

extension Requester {
    var shown: String {
        switch self {
        case .person(let person): person.raw
        case .guest(let sender): "the guest \(sender)"
        case .nobody: "nobody (a schedule)"
        }
    }
}

extension Timestamp {
    /// For people, in UTC: `2026-11-21 05:30 UTC`.
    var shown: String {
        text.replacing("T", with: " ").prefix(16) + " UTC"
    }
}
