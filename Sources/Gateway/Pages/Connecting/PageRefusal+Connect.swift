import Broker
import Console
import HTTPTypes

extension PageRefusal {
    static let strangeAnswer = PageRefusal(
        status: .badRequest, title: "There is nothing to connect here",
        text: "That link or answer fits nothing that was begun from here, or is over. Nothing was done.",
        wayOut: "Begin again on your page of connections.", link: "/connections")

    /// - Parameter flow: to begin again with; nil for who has none.
    init(_ error: ConnectError, flow: ConnectFlow?) {
        switch error {
        case .failed(let error): self.init(error)
        case .refused(let refusal): self.init(refusal, flow: flow)
        }
    }

    private init(_ refusal: ConnectRefusal, flow: ConnectFlow?) {
        let link = flow?.path ?? "/connections"
        switch refusal {
        case .unknown: self = .strangeAnswer
        case .somebodyElses:
            self.init(
                status: .forbidden, title: "This isn't for you",
                text:
                    "Somebody else is to connect an account here. Had you gone on, your account could have become theirs. "
                    + "Nothing was done, and that it was tried is recorded.",
                wayOut:
                    "If somebody sent you this link, tell your administrator. If you are signed in as the wrong person, "
                    + "sign out first.", link: "/browsers")
        case .nobody:
            self.init(
                status: .unauthorized, title: "You aren't signed in",
                text: "An account is connected only in the browser of the person who asked for it. Nothing was kept.",
                wayOut: "Sign in, and begin again from your own page.", link: "/sign-in")
        case .anotherBrowser:
            self.init(
                status: .forbidden, title: "This was begun in another browser",
                text: "An account is connected in the browser in which it was begun. Nothing was kept.",
                wayOut: "Begin again in this one.", link: link)
        case .stale:
            self.init(
                status: .gone, title: "That took too long",
                text: "More than ten minutes have passed. Nothing was kept.",
                wayOut: "Begin again.", link: link)
        case .over, .changed, .needsYes:
            self.init(
                status: .conflict, title: "Something changed meanwhile", text: "Nothing was done.",
                wayOut: "Look at it again.", link: link)
        }
    }
}

extension ConnectProblem {
    /// What the person does next, as a sentence.
    var wayOut: String {
        guard let hint else { return "Begin again below." }
        let text = Inert.text(hint)
        return text.prefix(1).uppercased() + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
    }

    /// For the person, in words.
    func sentence(service: String) -> String {
        let reason = reason.map { Inert.text($0) }
        return switch end {
        case .declined: "You said no at \(service). Nothing was connected."
        case .dropped: "You didn't keep the account. Nothing of it is here any more."
        case .refused: "\(service) didn't go along" + (reason.map { ": \($0)." } ?? ".") + " Nothing was connected."
        case .code:
            "\(service) gave no access" + (reason.map { " (\($0))" } ?? "")
                + ". Nothing was connected."
        case .unreachable: "\(service) can't be reached just now. Nothing was connected."
        case .mixUp, .malformed: "What came back isn't \(service)'s answer to what was asked. Nothing was connected."
        case .account: "That account can't be kept" + (reason.map { ": \($0)." } ?? ".")
        case .hijacked: reason ?? "The answer came from somebody else, or from another browser. Nothing was connected."
        }
    }
}
