import Broker
import Gate
import HTTPTypes
import Registry
import Turns

/// A refusal as a page, with its way out.
struct PageRefusal: Error {
    let status: HTTPResponse.Status
    let title: String
    let text: String
    var wayOut: String?
    /// A path of ours.
    var link: String?
    /// In seconds.
    var retryAfter: Int?

    static func tooMany(_ text: String, wait: Int) -> PageRefusal {
        PageRefusal(
            status: .tooManyRequests, title: "Too many tries", text: text, wayOut: "Wait \(wait) seconds.",
            retryAfter: wait)
    }

    static let notFound = PageRefusal(
        status: .notFound, title: "There is nothing here for you",
        text: "Either this page doesn't exist, or it is somebody else's.",
        wayOut: "If you came by a link, sign in as the person whom it was sent to.")
    static let signedOut = PageRefusal(
        status: .unauthorized, title: "You aren't signed in",
        text: "This page is for a person in their own browser session.",
        wayOut: "Ask your administrator for a one-time link: deputy login NAME", link: "/sign-in")
    static let foreign = PageRefusal(
        status: .forbidden, title: "That didn't come from our page",
        text: "The form was sent from elsewhere, or its page was open too long. Nothing was done.",
        wayOut: "Open the page again and repeat it.")
}

extension PageRefusal {
    init(_ error: RegistryError) {
        switch error.code {
        case .unknown: self.init(.notFound, error.message, error.hint)
        case .exists, .invalid, .refused: self.init(.unprocessableContent, error.message, error.hint)
        case .unavailable: self.init(.serviceUnavailable, error.message, error.hint)
        }
    }

    init(_ error: TurnsError) {
        switch error.code {
        case .unknown: self.init(.notFound, error.message, error.hint)
        case .exists, .invalid, .refused: self.init(.unprocessableContent, error.message, error.hint)
        case .unavailable: self.init(.serviceUnavailable, error.message, error.hint)
        }
    }

    init(_ error: BrokerError) {
        switch error.code {
        case .unknown: self.init(.notFound, error.message, error.hint)
        case .invalid, .refused: self.init(.unprocessableContent, error.message, error.hint)
        case .unavailable: self.init(.serviceUnavailable, error.message, error.hint)
        }
    }

    init(_ error: BodyError) {
        self.init(.unprocessableContent, error.message, error.hint)
    }

    private init(_ status: HTTPResponse.Status, _ text: String, _ hint: String?) {
        let title =
            switch status {
            case .notFound: "There is nothing here for you"
            case .serviceUnavailable: "That doesn't work now"
            default: "That didn't work"
            }
        self.init(status: status, title: title, text: text, wayOut: hint)
    }

    init(_ error: ApprovalError) {
        switch error {
        case .unknown: self = .notFound
        case .decided, .changed, .void, .notEntitled, .noWindow, .invalid, .refused, .tooManyAsks:
            self.init(status: .conflict, title: "That wasn't taken", text: error.message)
        case .unavailable:
            self.init(status: .serviceUnavailable, title: "That doesn't work now", text: error.message)
        }
    }
}
