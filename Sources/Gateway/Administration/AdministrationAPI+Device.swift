import Authority
import Broker
import OAuth
import Registry
import Wire

/// An agent's account by a device's code: asked for, shown, and kept or not.
extension AdministrationAPI {
    /// `POST /v1/connections/device`: begins.
    func beginDevice(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: AdministrationAPI.grantKeys + ["replaces"])
        let replaces: Replaced =
            switch try reader.text("replaces") {
            case nil: .theOnlyOne
            case "none": .none
            case let id?: .one(ConnectionID(id))
            }
        let wait = try await grants.beginDevice(
            try await deviceOwner(reader), scopes: try reader.texts("scopes"), replacing: replaces)
        return [
            "user_code": .string(wait.userCode), "address": .string(wait.address.url),
            "complete_address": wait.completeAddress.map { .string($0.url) } ?? .null,
            "handle": .string(wait.handle), "wait": .number(JSONNumber(wait.wait)),
            "lifetime": .number(JSONNumber(wait.lifetime)),
        ]
    }

    /// `POST /v1/connections/device/answer`: whether somebody has answered. The account is offered then, and nothing kept.
    func askDevice(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: AdministrationAPI.grantKeys + ["handle"])
        switch try await grants.askDevice(try reader.required("handle"), for: try await deviceOwner(reader)) {
        case .waiting(let handle, let wait): return ["handle": .string(handle), "wait": .number(JSONNumber(wait))]
        case .offered(let handle, let offer): return ["handle": .string(handle), "offered": offer.json]
        }
    }

    /// `POST /v1/connections/device/keep`: a yes to the account that was shown. `insteadOf` names the one whose place it takes.
    func keepDevice(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(
            body, keys: AdministrationAPI.grantKeys + ["handle", "account", "insteadOf", "shown"])
        guard let shown = Digest(hex: try reader.required("shown")) else {
            throw BodyError(message: "`shown` isn't what was shown", hint: "send `shown` of the offer as it came")
        }
        let yes = DeviceYes(
            account: try reader.required("account"), insteadOf: try reader.text("insteadOf"), shown: shown)
        let record = try await grants.keepDevice(
            try reader.required("handle"), for: try await deviceOwner(reader), yes: yes)
        return ["connection": record.json]
    }

    /// `POST /v1/connections/device/drop`: a no.
    func dropDevice(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: AdministrationAPI.grantKeys + ["handle"])
        try await grants.dropDevice(try reader.required("handle"), for: try await deviceOwner(reader))
        return ["kept": false]
    }

    /// A code can be talked out of people, so it connects only what has an account of its own.
    private func deviceOwner(_ reader: BodyReader) async throws -> NewConnection {
        let agent = AgentID(try reader.required("agent"))
        switch try await administration.agent(agent, in: organization).definition.actsAs {
        case .claw, .delegate: break
        case .assistant, nil:
            throw RegistryError(
                .refused, "`\(agent)` has no account of its own to connect by a device's code",
                hint: "a code connects a claw or a delegate; people connect in the browser")
        }
        return try await newConnection(reader)
    }
}

extension DeviceOffer {
    fileprivate var json: JSON {
        func list(_ scopes: Set<String>) -> JSON { .array(scopes.sorted().map { .string($0) }) }
        return [
            "account": account.json, "asked": list(asked), "granted": list(granted), "missing": list(missing),
            "lost": list(lost), "replaces": replaces.map { .string($0.raw) } ?? .null,
            "before": before?.json ?? .null, "is_owners": .bool(isOwners),
            "until": .number(JSONNumber(until.microseconds)), "shown": .string(shown.hex),
        ]
    }
}

extension OfferedAccount {
    fileprivate var json: JSON {
        [
            "id": .string(id), "email": email.map { .string($0) } ?? .null,
            "name": name.map { .string($0) } ?? .null,
        ]
    }
}
