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
    case connected(ConnectionRecord)
}

// Whoever can be talked into typing a code allows a stranger's device, so only agents with accounts of their own are
// connected so, and by the person who gives the code out.
extension GrantDesk {
    /// - Parameters:
    ///   - new: its owner is a claw or a delegate, which the caller has seen to.
    ///   - scopes: none for what the provider's tools need.
    public func beginDevice(_ new: NewConnection, scopes: [String]) async throws(BrokerError) -> DeviceWait {
        let place = try await place(of: new)
        guard let endpoint = place.server.device else {
            throw BrokerError(
                .invalid, "`\(new.provider)` has no device authorization",
                hint: "connect it in a browser: `deputy connections connect \(new.provider)`")
        }
        let app = try await apps.app(at: new.provider, in: new.organization)
        let scopes = place.scopes(scopes)
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
            code: authorization.deviceCode, scopes: scopes, polling: polling, next: next)
        return DeviceWait(
            userCode: authorization.userCode, address: authorization.address,
            completeAddress: authorization.completeAddress, handle: try handle(of: flow), wait: next - asked,
            lifetime: authorization.lifetime)
    }

    /// Asks the provider whether somebody has answered, unless that is too soon.
    ///
    /// - Parameters:
    ///   - handle: of the last answer.
    ///   - new: as it is now, for the same owner and provider.
    public func askDevice(_ handle: String, for new: NewConnection) async throws(BrokerError) -> DeviceAnswer {
        var flow = try flow(handle)
        let place = try await place(of: new)
        let app = try await apps.app(at: new.provider, in: new.organization)
        guard flow.organization == new.organization, flow.owner == new.owner, flow.provider == new.provider,
            flow.clientID == app.clientID
        else { throw BrokerError(.refused, "this isn't the connection that was begun", hint: "begin again") }
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
        var account: String?
        do throws(BrokerError) {
            let found = try await desk.account(of: answer, for: new)
            account = found.id
            let granted = Granted(
                provider: new.provider, clientID: app.clientID, answer: answer, asked: asked,
                requested: Set(flow.scopes), account: found)
            return .connected(try await desk.keep(granted, for: new, telling: ["grant": "device_code"]))
        } catch {
            await desk.giveBack(answer, of: account, at: place.server, as: app, of: apps, by: errands)
            throw error
        }
    }

    private static let place = "device-flow"

    private func handle(of flow: DeviceFlow) throws(BrokerError) -> String {
        do throws(VaultError) {
            return Base64.encodeURL(try keys.sealPayload(flow.stored.bytes(), id: GrantDesk.place))
        } catch {
            throw BrokerError(.unavailable, "the flow can't be sealed: \(error.message)", hint: error.hint)
        }
    }

    private func flow(_ handle: String) throws(BrokerError) -> DeviceFlow {
        guard let sealed = Base64.decodeURL(handle), let bytes = try? keys.openPayload(sealed, id: GrantDesk.place),
            let flow = (try? JSON.parse(bytes)).flatMap(DeviceFlow.init(stored:))
        else { throw BrokerError(.invalid, "this isn't a flow of this home", hint: "begin again") }
        return flow
    }
}

extension BrokerError {
    fileprivate init(_ end: DevicePolling.End, at provider: ProviderID) {
        switch end {
        case .expired: self.init(.refused, "nobody allowed it in time", hint: "begin again")
        case .denied: self.init(.refused, "somebody refused it at `\(provider)`")
        case .refused(let failure): self.init(.answered(failure), at: provider)
        }
    }
}

/// A device authorization under way.
private struct DeviceFlow {
    let organization: OrganizationID
    let owner: Owner
    let provider: ProviderID
    let clientID: String
    let code: TokenText
    let scopes: [String]
    var polling: DevicePolling
    /// Not to be asked before: seconds since 1970.
    var next: Int64

    mutating func step(_ step: DevicePolling.Step) throws(BrokerError) {
        switch step {
        case .ask(let at): next = at
        case .stop(let end): throw BrokerError(end, at: provider)
        }
    }
}

extension DeviceFlow {
    init?(stored: JSON) {
        guard let organization = stored["organization"]?.stringValue, let agent = stored["agent"]?.stringValue,
            let provider = stored["provider"]?.stringValue, let clientID = stored["client"]?.stringValue,
            let code = stored["code"]?.stringValue.flatMap(TokenText.init),
            let scopes = stored["scopes"]?.arrayValue?.compactMap(\.stringValue),
            let polling = stored["polling"].flatMap(DevicePolling.init(stored:)),
            let next = stored["next"]?.integerValue
        else { return nil }
        self.init(
            organization: OrganizationID(organization), owner: .agent(AgentID(agent)), provider: ProviderID(provider),
            clientID: clientID, code: code, scopes: scopes, polling: polling, next: next)
    }

    /// With the device's code: for sealing alone.
    var stored: JSON {
        let agent: JSON =
            switch owner {
            case .agent(let agent): .string(agent.raw)
            case .person: .null
            }
        return [
            "organization": .string(organization.raw), "agent": agent, "provider": .string(provider.raw),
            "client": .string(clientID), "code": .string(code.text),
            "scopes": .array(scopes.map { .string($0) }), "polling": polling.stored,
            "next": .number(JSONNumber(next)),
        ]
    }
}
