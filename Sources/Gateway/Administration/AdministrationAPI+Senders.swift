import Authority
import Gate
import Registry
import Turns
import Wire

extension AdministrationAPI {
    func listSenders() async throws -> JSON {
        let links = try await senders.links(in: organization)
        let people = try await administration.people(in: organization)
        return [
            "senders": .array(
                links.map { link in
                    [
                        "sender": .string(link.sender.raw), "person": .string(link.person.raw),
                        "proof": .string(link.proof.rawValue), "by": .string(link.by),
                        "at": .number(JSONNumber(link.at.microseconds)),
                        "active": .bool(people.contains { $0.id == link.person && $0.standing == .active }),
                    ]
                })
        ]
    }

    func linkSender(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["sender", "person"])
        let (sender, person) = (SenderID(try reader.required("sender")), PersonID(try reader.required("person")))
        try await senders.assert(sender, is: person, by: administrator.text, in: organization)
        return ["sender": .string(sender.raw), "person": .string(person.raw)]
    }

    /// Says how much was destroyed.
    func eraseSender(_ body: JSONObject) async throws -> JSON {
        let sender = SenderID(try BodyReader(body, keys: ["sender"]).required("sender"))
        let calls = try await administration.calls(ofGuest: sender, in: organization)
        let words = try await senders.erase(
            sender, payloads: calls.payloads, approvals: calls.approvals,
            withdrawn: { try await cards.withdrawals(of: calls.approvals) },
            about: ["calls": .number(JSONNumber(calls.count)), "before": .number(JSONNumber(calls.before))],
            by: administrator.text, in: organization)
        return [
            "sender": .string(sender.raw), "messages": .number(JSONNumber(words.messages)),
            "answers": .number(JSONNumber(words.answers)), "calls": .number(JSONNumber(calls.count)),
        ]
    }

    func unlinkSender(_ body: JSONObject) async throws -> JSON {
        let sender = SenderID(try BodyReader(body, keys: ["sender"]).required("sender"))
        try await senders.unlink(sender, by: administrator.text, in: organization)
        return ["sender": .string(sender.raw), "unlinked": true]
    }
}
