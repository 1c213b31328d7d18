import Authority

/// The grammar of what Slack names things by.
enum SlackID {
    /// Capital letters and digits, from 2 to 32.
    static func isWellFormed(_ text: String) -> Bool {
        (2...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }

    /// When a message was written, from its `ts`: seconds, a point and six digits. Unique in its conversation.
    static func time(_ stamp: String) -> Timestamp? {
        let halves = stamp.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard halves.count == 2, (1...12).contains(halves[0].count), halves[1].count == 6,
            let seconds = number(halves[0]), let microseconds = number(halves[1])
        else { return nil }
        return Timestamp(microseconds: seconds * 1_000_000 + microseconds)
    }

    /// Digits alone, at most 18 of them.
    static func number(_ digits: some Collection<UInt8>) -> Int64? {
        guard (1...18).contains(digits.count) else { return nil }
        var value: Int64 = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }

    /// Somebody's id among all senders: `slack:T1/U7`.
    static func sender(_ user: String, of team: String) -> SenderID {
        SenderID("slack:\(team)/\(user)")
    }

    /// Slack's own id of a sender; nil when it is none of Slack's.
    static func user(of sender: SenderID) -> String? {
        guard sender.raw.hasPrefix("slack:") else { return nil }
        let parts = sender.raw.dropFirst("slack:".count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ isWellFormed(String($0)) }) else { return nil }
        return String(parts[1])
    }
}
