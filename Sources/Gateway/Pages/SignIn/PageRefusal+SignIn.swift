import Broker
import Console
import HTTPTypes
import OpenID
import Registry

extension PageRefusal {
    static func tooManySignIns(wait: Int) -> PageRefusal {
        .tooMany("Sign-ins that didn't work were tried from where you are, one after another.", wait: wait)
    }

    init(_ problem: SignInProblem) {
        switch problem {
        case .stale, .response(.state):
            self.init(
                status: .badRequest, title: "That sign-in is over",
                text: "It was begun in another browser, or more than ten minutes ago. Nobody was signed in.",
                wayOut: "Begin again.", link: "/sign-in")
        case .response(.declined):
            self.init(
                status: .forbidden, title: "You weren't signed in", text: "Your provider says no.",
                wayOut: "Try again, or ask your administrator.", link: "/sign-in")
        case .unreachable:
            self.init(
                status: .badGateway, title: "Your provider can't be asked", text: "Nobody was signed in.",
                wayOut: "Try again in a moment. An administrator sees more with: deputy doctor", link: "/sign-in")
        case .response(.mixUp), .response(.malformed), .code, .token:
            self.init(
                status: .badRequest, title: "That answer isn't believed",
                text: "What came back from your provider isn't what was asked for. Nobody was signed in.",
                wayOut: "Begin again. If that doesn't help, tell your administrator this word: \(problem.word)",
                link: "/sign-in")
        }
    }

    init(_ refusal: ProvidedSignInRefusal, provider: String) {
        switch refusal {
        case .unlinked(let login):
            self.init(
                status: .forbidden, title: "Nobody here has that login",
                text: "Your provider calls you \(login.subject). That login belongs to nobody here who may sign in.",
                wayOut: "Ask your administrator: deputy sign-in link NAME --provider \(provider) --subject "
                    + "\(Inert.text(login.subject))", link: "/sign-in")
        case .replayed:
            self.init(
                status: .conflict, title: "That sign-in was taken already", text: "It works once.",
                wayOut: "If you aren't signed in, begin again.", link: "/sign-in")
        case .somebodyElses:
            self.init(
                status: .conflict, title: "Somebody else is signed in here",
                text: "This browser belongs to another session, which stays as it is.",
                wayOut: "Sign out first, if you are somebody else.", link: "/browsers")
        case .unavailable(let error): self.init(error)
        }
    }
}

extension ProvidedSignInRefusal {
    /// How it is counted.
    var word: String {
        switch self {
        case .unlinked: "unlinked"
        case .replayed: "replayed"
        case .somebodyElses: "somebody-elses"
        case .unavailable: "unavailable"
        }
    }
}
