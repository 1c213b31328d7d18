import HTTPTypes

extension MicrosoftService {
    func beginDevice(_ call: Call) throws(Answer) -> Answer {
        try Entra.check(call)
        guard let client = call.form["client_id"].flatMap(desk.client) else {
            throw Entra.no(400, "unauthorized_client", 700_016, "Application was not found in the directory.")
        }
        let scopes = (call.form["scope"] ?? "").split(separator: " ").map(String.init)
        guard client.mayAsk(for: scopes) else {
            throw Entra.no(400, "invalid_scope", 70011, "The provided value for 'scope' is not valid.")
        }
        let now = desk.now
        let codes = desk.step {
            $0.beginDevice(
                client.id, scopes, seconds: Self.deviceSeconds, interval: Self.deviceInterval, now: now)
        }
        let page = desk.origin(call) + "/devicelogin"
        return Answer(
            200,
            [
                "device_code": .string(codes.device), "user_code": .string(codes.user),
                "verification_uri": .string(page), "expires_in": .int(Self.deviceSeconds),
                "interval": .int(Self.deviceInterval),
                "message": .string("To sign in, open the page \(page) and enter the code \(codes.user)."),
            ]
        ).unstored
    }

    func aboutVerify(_ call: Call) -> Party {
        Party(owner: call.method == .post ? call.form["account"].flatMap(desk.account)?.owner : nil)
    }

    func verify(_ call: Call) throws(Answer) -> Answer {
        try DevicePage(desk: desk, rules: Self.rules(call)).answer(call)
    }
}
