import Authority
import Broker
import HTTPTypes
import Hummingbird
import Logging
import Registry
import Wire

/// The way back from a provider. It is a GET of another site's making: it takes what belongs to this very browser and keeps
/// nothing; what is kept is said on the page that it leads to.
extension PageServer {
    func addConnectCallback(to router: Router<GatewayContext>) {
        router.get("/connect/callback/:name") { request, context in
            guard isOurName(request, context) else {
                return safe(plain(.misdirectedRequest, "this server doesn't go by that host name"))
            }
            var signedIn: SignedIn?
            do {
                signedIn = try await current(request)
                var response = try await arrive(request, context, signedIn)
                if let next = signedIn?.newSecret { response.headers.append(setCookie(next)) }
                return safe(response)
            } catch {
                if !(error is PageRefusal) { log.error("connecting failed", metadata: ["error": "\(error)"]) }
                return safe(refused(error, signedIn))
            }
        }
    }

    private func arrive(
        _ request: Request, _ context: GatewayContext, _ signedIn: SignedIn?
    ) async throws -> Response {
        if let signedIn { try take(1, of: signedIn) }
        var query: [String: String] = [:]
        for (name, value) in request.uri.queryParameters {
            // One that comes twice is read by some as the first and by others as the last.
            guard query.updateValue(String(value), forKey: String(name)) == nil else { throw PageRefusal.strangeAnswer }
        }
        guard let state = query["state"], state.utf8.count < 200 else { throw PageRefusal.strangeAnswer }
        let provider = ProviderID(context.parameters.get("name").flatMap(PercentEncoding.decode) ?? "")
        let (desk, visitor) = (desks.guide.desk, signedIn.map { ConnectVisitor($0.session) })
        let flow: ConnectFlow
        let address = context.source(of: request)
        do throws(ConnectError) {
            flow = try await departures.look(at: address) { () async throws(ConnectError) in
                try await desk.flow(state: state)
            }
        } catch {
            if signedIn == nil, let wait = departures.charge(address) {
                throw PageRefusal.tooMany("Answers that nobody waits for came from your address.", wait: wait)
            }
            throw PageRefusal(error, flow: nil)
        }
        do throws(ConnectError) {
            let arrived = try await desk.arrive(
                flow, at: provider, with: query, by: visitor, redirectURI: callback(provider),
                party: try await party(flow.aim))
            return redirect(to: arrived.path)
        } catch {
            guard case .refused(let refusal) = error else { throw PageRefusal(error, flow: flow) }
            // Brought twice, by a browser that repeats itself: it is led to where the first one went.
            if refusal == .over { return redirect(to: flow.path) }
            if refusal.isRecorded { try await note(refusal, flow.id, signedIn, isAnswer: true) }
            throw PageRefusal(error, flow: visitor.map { (try? flow.check($0)) != nil } == true ? flow : nil)
        }
    }
}
