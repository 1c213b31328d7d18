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

    /// What somebody says who chooses it for a tool.
    var meaning: String {
        switch self {
        case .read: "it reads"
        case .draft: "it keeps text in Deputy"
        case .send: "it sends, to somebody"
        case .share: "it lets others see something"
        case .create: "it makes something new"
        case .update: "it changes something"
        case .delete: "it deletes"
        case .execute: "it runs something"
        case .administer: "it changes who may do what"
        }
    }
}

extension Role {
    var meaning: String {
        switch self {
        case .destination: "who receives"
        case .subject: "the person whose record is meant"
        case .selector: "what is looked for or looked at"
        case .content: "the text that is sent or written"
        case .time: "when"
        case .count: "how many or how much to answer with"
        case .host: "a host"
        case .path: "a path"
        case .amount: "an amount"
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
