import Testing
import Wire

@testable import OAuth

struct DeviceTests {
    private static let answer: JSONObject = [
        "device_code": "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS", "user_code": "WDJB-MJHT",
        "verification_uri": "https://example.com/device",
        "verification_uri_complete": "https://example.com/device?user_code=WDJB-MJHT", "expires_in": 1800,
        "interval": 5,
    ]

    private static func authorization(_ answer: JSONObject = answer) throws -> DeviceAuthorization {
        try DeviceAuthorization(status: 200, retryAfter: nil, body: JSON.object(answer).bytes(), secure: true)
    }

    private static func failure(_ code: String?, _ status: Int = 400, _ retryAfter: Int? = nil) throws -> TokenFailure {
        let body = code.map { #"{"error": "\#($0)"}"# } ?? "<html>"
        return try #require(
            #expect(throws: TokenFailure.self) {
                try TokenAnswer(
                    status: status, retryAfter: retryAfter, body: Array(body.utf8), dialect: TokenDialect())
            })
    }

    @Test func `the answer of RFC 8628 section 3-2 says what to show`() throws {
        let read = try DeviceTests.authorization()
        #expect(read.userCode == "WDJB-MJHT")
        #expect(read.address.url == "https://example.com/device")
        #expect(read.completeAddress?.url == "https://example.com/device?user_code=WDJB-MJHT")
        #expect((read.lifetime, read.interval) == (1800, 5))
        #expect("\(read.deviceCode)" == "‹token›")
    }

    @Test func `the interval is five seconds unless it is said`() throws {
        var answer = DeviceTests.answer
        answer["interval"] = JSON?.none
        #expect(try DeviceTests.authorization(answer).interval == 5)
        answer["interval"] = 0
        #expect(try DeviceTests.authorization(answer).interval == 1)
        answer["interval"] = 86_400
        #expect(try DeviceTests.authorization(answer).interval == 60)
    }

    @Test func `Google's own name for the address is read too`() throws {
        var answer = DeviceTests.answer
        answer["verification_uri"] = JSON?.none
        answer["verification_url"] = "https://www.google.com/device"
        #expect(try DeviceTests.authorization(answer).address.url == "https://www.google.com/device")
    }

    @Test(
        arguments: [
            ("device_code", JSON?.none), ("user_code", nil), ("user_code", ""), ("user_code", "AB\u{1B}[2J"),
            ("user_code", "\u{202E}abc"), ("verification_uri", nil), ("verification_uri", "http://example.com/device"),
            ("verification_uri", "javascript:alert(1)"), ("expires_in", nil), ("expires_in", 0), ("expires_in", -1),
        ])
    func `an answer that can't be shown or asked with is none`(_ name: String, _ value: JSON?) throws {
        var answer = DeviceTests.answer
        answer[name] = value
        #expect(throws: TokenFailure.self) { try DeviceTests.authorization(answer) }
    }

    @Test func `a refusal says who has to do something`() throws {
        let failure = #expect(throws: TokenFailure.self) {
            try DeviceAuthorization(
                status: 401, retryAfter: nil, body: Array(#"{"error": "invalid_client"}"#.utf8), secure: true)
        }
        #expect(failure?.kind == .registration)
    }

    @Test func `what is asked has the fields of sections 3-1 and 3-4`() throws {
        #expect(SampleForm.fields(TokenRequest.device(["a", "b"], dialect: TokenDialect())) == ["scope=a b"])
        #expect(
            SampleForm.fields(TokenRequest.deviceCode(try SampleForm.token("GmRh"))) == [
                "grant_type=urn:ietf:params:oauth:grant-type:device_code", "device_code=GmRh",
            ])
    }

    // MARK: when to ask

    @Test func `nobody is asked before the interval has passed`() throws {
        var polling = DevicePolling(try DeviceTests.authorization(), now: 100)
        #expect(polling.first(now: 100) == .ask(at: 105))
        #expect(polling.failed(try DeviceTests.failure("authorization_pending"), now: 105) == .ask(at: 110))
    }

    @Test func `slow_down adds five seconds, for good`() throws {
        var polling = DevicePolling(try DeviceTests.authorization(), now: 0)
        #expect(polling.failed(try DeviceTests.failure("slow_down"), now: 5) == .ask(at: 15))
        #expect(polling.failed(try DeviceTests.failure("authorization_pending"), now: 15) == .ask(at: 25))
        #expect(polling.failed(try DeviceTests.failure("slow_down"), now: 25) == .ask(at: 40))
        #expect(polling.failed(try DeviceTests.failure("authorization_pending"), now: 40) == .ask(at: 55))
    }

    @Test func `it ends when somebody says no, and when the time is over`() throws {
        var polling = DevicePolling(try DeviceTests.authorization(), now: 0)
        #expect(polling.failed(try DeviceTests.failure("access_denied"), now: 5) == .stop(.denied))
        #expect(polling.failed(try DeviceTests.failure("expired_token"), now: 5) == .stop(.expired))
        #expect(polling.failed(try DeviceTests.failure("authorization_pending"), now: 1794) == .ask(at: 1799))
        #expect(polling.failed(try DeviceTests.failure("authorization_pending"), now: 1795) == .stop(.expired))
        #expect(polling.lost(now: 1795) == .stop(.expired))
    }

    @Test(arguments: ["invalid_client", "invalid_grant", "invalid_scope", "unsupported_grant_type", "never_heard_of"])
    func `every other refusal ends it`(_ code: String) throws {
        var polling = DevicePolling(try DeviceTests.authorization(), now: 0)
        let failure = try DeviceTests.failure(code)
        #expect(polling.failed(failure, now: 5) == .stop(.refused(failure)))
    }

    @Test func `a server that is busy is asked again, as late as it wants`() throws {
        var polling = DevicePolling(try DeviceTests.authorization(), now: 0)
        #expect(polling.failed(try DeviceTests.failure(nil, 503, 42), now: 5) == .ask(at: 47))
        #expect(polling.failed(try DeviceTests.failure(nil, 502), now: 47) == .ask(at: 52))
        #expect(polling.failed(try DeviceTests.failure(nil, 503, 1), now: 52) == .ask(at: 57))
        #expect(polling.failed(try DeviceTests.failure("temporarily_unavailable", 503), now: 57) == .ask(at: 62))
    }

    @Test func `a lost answer makes it more patient each time, until one comes`() throws {
        var polling = DevicePolling(try DeviceTests.authorization(), now: 0)
        var waits: [Int64] = []
        for _ in 0..<6 {
            guard case .ask(let at) = polling.lost(now: 0) else { break }
            waits.append(at)
        }
        #expect(waits == [10, 15, 25, 45, 65, 65])
        #expect(polling.failed(try DeviceTests.failure("authorization_pending"), now: 0) == .ask(at: 5))
    }

    @Test func `a flow that was kept goes on where it was`() throws {
        var polling = DevicePolling(try DeviceTests.authorization(), now: 0)
        _ = polling.failed(try DeviceTests.failure("slow_down"), now: 5)
        var again = try #require(DevicePolling(stored: polling.stored))
        #expect(again.failed(try DeviceTests.failure("authorization_pending"), now: 15) == .ask(at: 25))
        #expect(again.failed(try DeviceTests.failure("authorization_pending"), now: 1795) == .stop(.expired))
        #expect(DevicePolling(stored: ["expires": 1]) == nil)
    }
}
