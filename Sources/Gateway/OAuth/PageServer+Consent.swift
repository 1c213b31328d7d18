import Authority
import Console
import HTTPTypes
import Hummingbird
import Registry
import Wire

/// The page on which a person lets a client reach an agent in their name.
///
/// Looking gives nothing: a code comes of the form alone, with the session's token, and of what the page showed. There is
/// no cookie of the consent, so there is none to replay.
extension PageServer {
    func addConsent(to router: Router<GatewayContext>) {
        router.get("\(AuthorizationMetadata.authorize)") { request, context in
            let query = request.uri.query ?? ""
            let next = LocalPath(AuthorizationMetadata.authorize + "?" + query)?.signIn ?? "/sign-in"
            return await respond(to: request, context, signingInBy: next) { signedIn in
                try await ask(query, signedIn, signingInBy: next)
            }
        }
        post(AuthorizationMetadata.authorize, router, answerConsent)
    }

    private func ask(_ query: String, _ signedIn: SignedIn, signingInBy next: String) async throws -> Response {
        let parameters = try shown { () throws(OAuthRefusal) in try OAuthParameters(query) }
        do throws(AuthorizationProblem) {
            let question = try await desks.oauth.question(parameters, for: SignedInPerson(signedIn))
            // What it knows of the session is in the ID token, for the client to compare.
            if let maxAge = question.staleness(at: settings.now()) {
                return self.redirect(to: "\(next)&max_age=\(maxAge)")
            }
            return page(question, parameters, signedIn)
        } catch {
            return try answer(to: error, signedIn)
        }
    }

    @Sendable private func answerConsent(_ visit: Visit) async throws -> Response {
        guard let digest = visit.form["shown"].flatMap({ Digest(hex: $0) }), let request = visit.form["request"] else {
            throw PageRefusal.foreign
        }
        let parameters = try shown { () throws(OAuthRefusal) in try OAuthParameters(request) }
        let question: ConsentQuestion
        do throws(AuthorizationProblem) {
            question = try await desks.oauth.question(parameters, for: SignedInPerson(visit.signedIn))
        } catch {
            return try answer(to: error, visit.signedIn)
        }
        switch visit.form["answer"] {
        case "allow":
            return redirect(to: try await desks.oauth.allow(question, visit.effects, shown: digest))
        case "deny":
            guard Digest.constantTimeEqual(digest, question.shown) else { throw PageRefusal.foreign }
            return redirect(to: desks.oauth.deny(question))
        default: throw PageRefusal.foreign
        }
    }

    private func page(
        _ question: ConsentQuestion, _ parameters: OAuthParameters, _ signedIn: SignedIn
    ) -> Response {
        let (client, redirect) = (question.request.client, question.request.answer.redirect)
        let name = Inert.text(client.name)
        let view = ConsentView(
            title: "Let \(name) use \(question.request.resource.agent)?", client: name,
            vouching: client.vouching, isVouched: client.origin != .dynamic, id: Inert.text(client.id.raw),
            redirect: redirect.text,
            warning: redirect.isThisMachine
                ? "The answer goes to a program on the computer in front of you. Go on only if you started \(name) there just now."
                : nil,
            agent: question.request.resource.agent.raw,
            isAssistant: question.agent.definition.actsAs == .assistant,
            lines: question.lines.map { line in
                ConsentView.Line(
                    effect: line.effect.rawValue, sentence: line.effect.meaning,
                    capabilities: line.capabilities.map { Inert.text($0.sentence) },
                    isChosen: question.chosen.contains(line.effect))
            },
            remembered: question.remembered?.shown, tellsWho: question.request.scope.isOpenID,
            request: parameters.encoded(), shown: question.shown.hex)
        var response = html(pages.render(view, in: frame(of: signedIn, place: "none")), .ok)
        if let name = HTTPField.Name("Content-Security-Policy") {
            response.headers[name] = PageServer.contentPolicy(formsTo: redirect.policySource)
        }
        return response
    }

    /// A client whose place an administrator registered is told at once. Of another nobody knows where it would lead the
    /// browser, so the person is told, and goes there by their own click.
    private func answer(to problem: AuthorizationProblem, _ signedIn: SignedIn) throws -> Response {
        switch problem {
        case .shown(let refusal): throw PageRefusal(refusal)
        case .answered(let refusal, let place, let client):
            let url = place.url(refusing: refusal)
            guard client.origin != .registered else { return redirect(to: url) }
            let view = MessageView(
                title: "This client can't be let in", text: "\(refusal.description).",
                wayOut: "Nothing was done. The client is told if you go on to \(place.redirect.origin).", link: url)
            return html(pages.render(view, in: frame(of: signedIn, place: "none")), .badRequest)
        }
    }

    private func shown<Value>(_ body: () throws(OAuthRefusal) -> Value) throws -> Value {
        do throws(OAuthRefusal) {
            return try body()
        } catch {
            throw PageRefusal(error)
        }
    }
}

extension PageRefusal {
    fileprivate init(_ refusal: OAuthRefusal) {
        self.init(
            status: refusal.code == .unavailable ? .serviceUnavailable : .badRequest,
            title: "This client can't be let in", text: "\(refusal.description).",
            wayOut:
                "Nothing was done, and the client isn't told. Close this page, and look whether you trust what sent you here."
        )
    }
}

extension SignedInPerson {
    fileprivate init(_ signedIn: SignedIn) {
        let session = signedIn.session
        self.init(session.person, in: session.organization, since: session.created)
    }
}

extension OAuthClient {
    /// Who says that it is what it calls itself.
    fileprivate var vouching: String {
        switch origin {
        case .registered: "an administrator registered it here"
        case .document: "the site \(host ?? id.raw)"
        case .dynamic: "it registered itself"
        }
    }
}

extension RedirectURI {
    /// The place as a page's policy can name it: that knows no IPv6 addresses.
    fileprivate var policySource: String { host.hasPrefix("[") ? "http:" : origin }
}

extension Visit {
    /// The effects that a form has ticked.
    var effects: EffectSet {
        Effect.allCases.filter { form["effect-\($0.rawValue)"] == "yes" }
            .reduce(into: EffectSet()) { $0.formUnion(EffectSet($1)) }
    }
}
