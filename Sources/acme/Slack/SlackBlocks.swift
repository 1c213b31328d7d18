/// The rules that Slack holds blocks to, as far as senders run into them.
enum SlackBlocks {
    private static let known = [
        "actions", "context", "divider", "header", "image", "input", "markdown", "rich_text", "section",
    ]

    static func check(_ blocks: JSON) throws(Answer) {
        guard let items = blocks.items else { throw SlackRules.no("invalid_blocks_format") }
        guard items.count <= 50, items.allSatisfy({ known.contains($0["type"]?.text ?? "") }),
            items.allSatisfy(isSound)
        else { throw SlackRules.no("invalid_blocks") }
        // Documented nowhere; found by others at about this length.
        guard blocks.bytes.count <= 26_000, text(of: blocks) <= 13_200 else {
            throw SlackRules.no("msg_blocks_too_long")
        }
    }

    private static func isSound(_ block: JSON) -> Bool {
        switch block["type"]?.text {
        case "section": block["text"] == nil || (1...3000).contains(block["text"]?["text"]?.text?.utf16.count ?? 0)
        case "header": (1...150).contains(block["text"]?["text"]?.text?.utf16.count ?? 0)
        case "actions": (1...25).contains(block["elements"]?.items?.count ?? 0) && areSound(block["elements"])
        case "rich_text": !(block["elements"]?.items ?? []).isEmpty
        default: true
        }
    }

    /// Buttons have an id of their own, a short label and no long value.
    private static func areSound(_ buttons: JSON?) -> Bool {
        let ids = (buttons?.items ?? []).map { $0["action_id"]?.text ?? "" }
        return Set(ids).count == ids.count
            && (buttons?.items ?? []).allSatisfy { button in
                (1...75).contains(button["text"]?["text"]?.text?.utf16.count ?? 0)
                    && (button["value"]?.text?.utf16.count ?? 0) <= 2000
                    && (button["action_id"]?.text?.utf16.count ?? 0) <= 255
            }
    }

    private static func text(of value: JSON) -> Int {
        switch value {
        case .array(let items): items.reduce(0) { $0 + text(of: $1) }
        case .object(let members):
            members.reduce(0) { sum, member in
                if member.name == "text", let text = member.value.text { return sum + text.utf16.count }
                return sum + text(of: member.value)
            }
        case .null, .bool, .number, .string: 0
        }
    }
}
