import Foundation

extension MicrosoftService {
    /// Answers 202 and nothing else: no id, and whether it arrives isn't known.
    func sendMail(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let mailbox = try person(token)
        guard let message = try object(call)["message"], message.members != nil else {
            throw Self.no(400, "ErrorInvalidRequest", "Missing message.")
        }
        guard !Self.addresses(message["toRecipients"]).isEmpty else {
            throw Self.no(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
        }
        if let from = message["from"].map({ Self.address($0) }), from != mailbox.email {
            throw Self.no(403, "ErrorSendAsDenied", "The user account can't send as the requested sender.")
        }
        world.send(message, by: mailbox.owner)
        return Answer(202, nil)
    }

    func calendarView(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let mailbox = try person(token)
        guard let from = call.query["startDateTime"], let to = call.query["endDateTime"] else {
            throw Self.no(400, "ErrorInvalidParameter", "This request requires a time window.")
        }
        let first: JSON = [
            "id": .string("AAMk-" + mailbox.uuid("event")), "subject": .string("A meeting of \(mailbox.owner)"),
            "start": ["dateTime": "2026-11-24T10:00:00.0000000", "timeZone": "UTC"],
            "end": ["dateTime": "2026-11-24T10:30:00.0000000", "timeZone": "UTC"],
        ]
        let all = [first] + world.events(of: mailbox.owner).map(\.body)
        let found = all.filter { event in
            let start = event["start"]?["dateTime"]?.text ?? ""
            return start >= from.replacing("Z", with: "") && start < to.replacing("Z", with: "")
        }
        return Answer(200, ["value": .array(found)])
    }

    func createEvent(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let mailbox = try person(token)
        let given = try object(call)
        for name in ["start", "end"] {
            guard given[name]?["dateTime"]?.text != nil, given[name]?["timeZone"]?.text != nil else {
                throw Self.no(400, "ErrorPropertyValidationFailure", "At least one property failed validation.")
            }
        }
        let transaction = given["transactionId"]?.text
        let made = world.add(
            GraphWorld.Event(
                owner: mailbox.owner,
                body: given.with("id", .string("AAMk-" + UUID().uuidString)).with(
                    "organizer", ["emailAddress": ["address": .string(mailbox.email)]]), transaction: transaction))
        return Answer(201, made.body)
    }

    func object(_ call: Call) throws(Answer) -> JSON {
        guard let body = try? call.json(), body.members != nil else {
            throw Self.no(400, "BadRequest", "Unable to read JSON request payload.")
        }
        return body
    }

    private static func addresses(_ list: JSON?) -> [String] { (list?.items ?? []).map(address).filter { !$0.isEmpty } }

    private static func address(_ recipient: JSON) -> String {
        recipient["emailAddress"]?["address"]?.text?.lowercased() ?? ""
    }
}
