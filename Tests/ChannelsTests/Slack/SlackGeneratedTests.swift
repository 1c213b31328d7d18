import Channels
import Testing
import Turns
import Wire

/// Bytes that nobody wrote: each is a refusal or a value, and none of them, however near to an event, a crash.
@Suite struct `Generated requests` {
    private static func isSound(_ outcome: HookOutcome) -> Bool {
        switch outcome {
        case .messages(let messages, let reply): messages.count <= 1 && reply.status == 200
        case .pressed(let press, let reply): !press.approval.isEmpty && reply.status == 200
        case .heldBack(let reply), .moved(_, let reply): reply.status == 200
        case .answered(let reply): reply.status == 200
        case .refused(let refusal): (400..<500).contains(refusal.status)
        }
    }

    @Test(arguments: 0..<200) func `signed noise is malformed`(_ seed: UInt64) {
        var source = Seeded(state: seed)
        let bytes = (0..<Int.random(in: 0..<400, using: &source)).map { _ in UInt8.random(in: 0...255, using: &source) }
        for type in ["application/json", "application/x-www-form-urlencoded"] {
            #expect(Slack.receive(Slack.signed(bytes, type: type)) == .refused(.malformed))
        }
    }

    @Test(arguments: 0..<400) func `a damaged event is a refusal or a value`(_ seed: UInt64) {
        var source = Seeded(state: seed)
        let whole = [
            Slack.callback(
                Slack.wrote("<@UB0T> a <https://x|y> &amp; z", channel: "C1", ["thread_ts": "1794000000.000001"])),
            .object(`Buttons in Slack`.press),
        ][Int(seed % 2)]
        let damaged = whole.damaged(&source)
        #expect(Self.isSound(Slack.receive(damaged)))
        #expect(Self.isSound(Slack.receive(Slack.form(damaged))))
        var bytes = whole.bytes()
        for _ in 0..<Int.random(in: 1...4, using: &source) {
            bytes[Int.random(in: bytes.indices, using: &source)] = UInt8.random(in: 0...255, using: &source)
        }
        #expect(Self.isSound(Slack.receive(Slack.signed(bytes))))
    }

    @Test(arguments: 0..<200) func `headers of any kind never pass for Slack's`(_ seed: UInt64) {
        var source = Seeded(state: seed)
        let good = Slack.signed(Slack.callback(Slack.wrote()).bytes())
        let texts = [
            "", "v0=", "v0=zz", "0", "-1", "NaN", "18446744073709551616", "\u{0}", "💥",
            String(repeating: "9", count: 5000),
        ]
        for header in ["x-slack-signature", "x-slack-request-timestamp"] {
            let text = texts.randomElement(using: &source) ?? ""
            guard case .refused(let refusal) = Slack.receive(good.changed(headers: [header: text])) else {
                Issue.record("taken with `\(text)`")
                continue
            }
            #expect(refusal.status == 401)
        }
    }
}

/// A small seeded generator (SplitMix64), so that a failure can be run again.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension JSON {
    /// The value with about one part of it replaced or gone.
    fileprivate func damaged(_ source: inout Seeded) -> JSON {
        if Int.random(in: 0..<24, using: &source) == 0 {
            let others: [JSON] = [
                nil, true, 0, -1, "", "U7", "\u{0}", "💥", [], [:], [["id": "F1"]], ["id": "U7"], "1795000000.000100",
            ]
            return others.randomElement(using: &source) ?? nil
        }
        switch self {
        case .null, .bool, .number, .string: return self
        case .array(let elements): return .array(elements.map { $0.damaged(&source) })
        case .object(let object):
            return .object(
                JSONObject(
                    object.members.compactMap { key, value in
                        Int.random(in: 0..<40, using: &source) == 0 ? nil : (key, value.damaged(&source))
                    }))
        }
    }
}
