import Authority
import OAuth
import Wire

/// A device authorization under way.
struct DeviceFlow {
    let organization: OrganizationID
    let owner: Owner
    let provider: ProviderID
    let clientID: String
    let code: TokenText
    let scopes: [String]
    /// The connection that the new one takes the place of.
    let replaces: ConnectionID?
    /// What the offer is answered with: nobody but whoever has the handle knows it.
    let session: String
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
            let session = stored["session"]?.stringValue,
            let polling = stored["polling"].flatMap(DevicePolling.init(stored:)),
            let next = stored["next"]?.integerValue
        else { return nil }
        self.init(
            organization: OrganizationID(organization), owner: .agent(AgentID(agent)), provider: ProviderID(provider),
            clientID: clientID, code: code, scopes: scopes,
            replaces: stored["replaces"]?.stringValue.map { ConnectionID($0) }, session: session, polling: polling,
            next: next)
    }

    /// With the device's code: for sealing alone.
    var stored: JSON {
        let agent: JSON =
            switch owner {
            case .agent(let agent): .string(agent.raw)
            case .person, .organization: .null
            }
        return [
            "organization": .string(organization.raw), "agent": agent, "provider": .string(provider.raw),
            "client": .string(clientID), "code": .string(code.text),
            "scopes": .array(scopes.map { .string($0) }), "session": .string(session),
            "replaces": replaces.map { .string($0.raw) } ?? .null, "polling": polling.stored,
            "next": .number(JSONNumber(next)),
        ]
    }
}
