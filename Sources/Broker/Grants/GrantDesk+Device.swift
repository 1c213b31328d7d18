import Authority
import Definition
import Gate
public import OAuth
import Vault
import Wire

/// A device authorization that waits for somebody: what to show them, and what to ask with.
public struct DeviceWait: Sendable {
    public let userCode: String
    public let address: Endpoint
    /// With the code in it; nil where the provider has none.
    public let completeAddress: Endpoint?
    /// How the flow stands, sealed: only this home reads it.
    public let handle: String
    /// Seconds until the first question.
    public let wait: Int64
    /// Seconds until it is over.
    public let lifetime: Int64
}

public enum DeviceAnswer: Sendable {
    /// Nobody has answered. To be asked again with this handle, after so many seconds.
    case waiting(handle: String, wait: Int64)
    /// Somebody has. The account is shown and nothing is kept: whoever gave the code out says yes or no with this handle.
    case offered(handle: String, DeviceOffer)
}

// Whoever can be talked into typing a code allows a stranger's device, so only agents with accounts of their own are
// connected so, and by the person who gives the code out.
extension GrantDesk {
    /// - Parameters:
    ///   - new: its owner is a claw or a delegate, which the caller has seen to.
    ///   - scopes: none for what the provider's tools need, and what the connection may do already that is replaced.
    ///   - replaces: what the new connection takes the place of.
    public func beginDevice(
        _ new: NewConnection, scopes: [String], replacing replaces: Replaced = .theOnlyOne
    ) async throws(BrokerError) -> DeviceWait {
        let place = try await place(of: new)
        guard let endpoint = place.server.device else {
            throw BrokerError(
                .invalid, "`\(new.provider)` has no device authorization",
                hint: "connect it in a browser: `deputy connections connect \(new.provider)`")
        }
        let app = try await apps.app(at: new.provider, in: new.organization, for: new.owner.agent)
        let earlier = try await replaced(replaces, by: new)
        let scopes = place.scopes(scopes, over: earlier)
        let asked = world.now().seconds
        try await desk.tell("connection.asked", new, ["grant": "device_code"])
        let authorization: DeviceAuthorization
        do throws(TokenProblem) {
            authorization = try await apps.asking(plainly: app) { app throws(TokenProblem) in
                try await errands.authorizeDevice(
                    .device(scopes, dialect: place.server.dialect), at: endpoint, as: app, in: place.server.dialect)
            }.answer
        } catch {
            throw BrokerError(error, at: new.provider)
        }
        let polling = DevicePolling(authorization, now: asked)
        guard case .ask(let next) = polling.first(now: asked) else { throw BrokerError(.expired, at: new.provider) }
        let flow = DeviceFlow(
            organization: new.organization, owner: new.owner, provider: new.provider, clientID: app.clientID,
            code: authorization.deviceCode, scopes: scopes, replaces: earlier?.id,
            session: ConnectOffer.deviceSession(),
            polling: polling, next: next)
        return DeviceWait(
            userCode: authorization.userCode, address: authorization.address,
            completeAddress: authorization.completeAddress, handle: try handle(of: flow), wait: next - asked,
            lifetime: authorization.lifetime)
    }

    /// Asks the provider whether somebody has answered, unless that is too soon, or they have already.
    ///
    /// - Parameters:
    ///   - handle: of the last answer.
    ///   - new: as it is now, for the same owner and provider.
    public func askDevice(_ handle: String, for new: NewConnection) async throws(BrokerError) -> DeviceAnswer {
        var flow = try flow(handle, for: new)
        if let (_, offer) = try await waiting(flow, new) { return .offered(handle: handle, offer) }
        let place = try await place(of: new)
        let app = try await apps.app(at: new.provider, in: new.organization, for: new.owner.agent)
        guard flow.clientID == app.clientID else { throw GrantDesk.anotherFlow }
        let asked = world.lasting()
        guard asked.seconds >= flow.next else { return .waiting(handle: handle, wait: flow.next - asked.seconds) }
        let answer: TokenAnswer
        do throws(TokenProblem) {
            let code = flow.code
            let asked = try await apps.asking(plainly: app) { app throws(TokenProblem) in
                try await errands.ask(.deviceCode(code), at: place.server.token, as: app, in: place.server.dialect)
            }
            await apps.prove(asked.app)
            answer = asked.answer
        } catch {
            let now = world.now().seconds
            switch error {
            case .answered(let failure): try flow.step(flow.polling.failed(failure, now: now))
            case .notSent, .lost: try flow.step(flow.polling.lost(now: now))
            }
            return .waiting(handle: try self.handle(of: flow), wait: flow.next - now)
        }
        let offer = try await offer(
            answer, asked, of: flow, for: new,
            ConnectService(
                manifest: try await desk.manifest(of: new.provider, in: new.organization), server: place.server,
                app: app))
        return .offered(handle: handle, offer)
    }

    private static let place = "device-flow"

    private func handle(of flow: DeviceFlow) throws(BrokerError) -> String {
        do throws(VaultError) {
            return Base64.encodeURL(try keys.sealPayload(flow.stored.bytes(), id: GrantDesk.place))
        } catch {
            throw BrokerError(.unavailable, "the flow can't be sealed: \(error.message)", hint: error.hint)
        }
    }

    static let anotherFlow = BrokerError(.refused, "this isn't the connection that was begun", hint: "begin again")

    /// The flow of a handle, for its own agent and provider alone.
    func flow(_ handle: String, for new: NewConnection) throws(BrokerError) -> DeviceFlow {
        let flow = try flow(handle)
        guard flow.organization == new.organization, flow.owner == new.owner, flow.provider == new.provider else {
            throw GrantDesk.anotherFlow
        }
        return flow
    }

    private func flow(_ handle: String) throws(BrokerError) -> DeviceFlow {
        guard let sealed = Base64.decodeURL(handle), let bytes = try? keys.openPayload(sealed, id: GrantDesk.place),
            let flow = (try? JSON.parse(bytes)).flatMap(DeviceFlow.init(stored:))
        else { throw BrokerError(.invalid, "this isn't a flow of this home", hint: "begin again") }
        return flow
    }
}

extension BrokerError {
    init(_ end: DevicePolling.End, at provider: ProviderID) {
        switch end {
        case .expired: self.init(.refused, "nobody allowed it in time", hint: "begin again")
        case .denied: self.init(.refused, "somebody refused it at `\(provider)`")
        case .refused(let failure): self.init(.answered(failure), at: provider)
        }
    }
}
