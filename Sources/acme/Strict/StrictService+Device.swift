import HTTPTypes

extension StrictService {
    /// Begins the flow of a device without a browser (RFC 8628 §3.1).
    func device(_ call: Call) throws(Answer) -> Answer {
        let client = try client(call)
        let scopes = (call.form["scope"] ?? "").split(separator: " ").map(String.init)
        guard client.mayAsk(for: scopes) else { throw .oauth(400, "invalid_scope", "the app may not have this scope") }
        let settings = knobs.now
        let now = desk.now
        let codes = desk.step {
            $0.beginDevice(
                client.id, scopes, seconds: settings.deviceSeconds, interval: settings.deviceInterval, now: now)
        }
        let page = desk.origin(call) + "/device"
        return Answer(
            200,
            [
                "device_code": .string(codes.device), "user_code": .string(codes.user),
                "verification_uri": .string(page),
                "verification_uri_complete": .string(page + "?" + Form.encode([("user_code", codes.user)])),
                "expires_in": .int(settings.deviceSeconds), "interval": .int(settings.deviceInterval),
            ]
        ).unstored
    }

    func aboutVerify(_ call: Call) -> Party {
        Party(owner: call.method == .post ? call.form["account"].flatMap(desk.account)?.owner : nil)
    }

    /// Where a person types the code and decides.
    func verify(_ call: Call) throws(Answer) -> Answer {
        try DevicePage(desk: desk, rules: rules(call)).answer(call)
    }
}
