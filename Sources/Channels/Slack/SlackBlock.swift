import Turns
import Wire

/// The blocks that messages are made of.
enum SlackBlock {
    static func text(_ text: String, link: String? = nil) -> JSON {
        section([element(text)] + (link.map { [element("\n"), ["type": "link", "url": .string($0)]] } ?? []))
    }

    static func title(_ text: String) -> JSON {
        section([["type": "text", "text": .string(text), "style": ["bold": true]]])
    }

    /// Buttons that name an approval, and one that opens its page.
    static func buttons(for notice: ApprovalNotice, mayDecide: Bool) -> JSON {
        let open: JSON = button(.open, "Open the page", ["url": .string(notice.link)])
        let decide: [JSON] = [
            button(.approve, "Approve", ["value": .string(notice.approval), "style": "primary"]),
            button(.deny, "Deny", ["value": .string(notice.approval), "style": "danger"]),
        ]
        return ["type": "actions", "elements": .array((mayDecide ? decide : []) + [open])]
    }

    private static func section(_ elements: [JSON]) -> JSON {
        ["type": "rich_text", "elements": [["type": "rich_text_section", "elements": .array(elements)]]]
    }

    private static func element(_ text: String) -> JSON {
        ["type": "text", "text": .string(text)]
    }

    private static func button(_ button: SlackButton, _ label: String, _ more: JSONObject) -> JSON {
        var body: JSONObject = [
            "type": "button", "action_id": .string(button.rawValue),
            "text": ["type": "plain_text", "text": .string(label), "emoji": false],
        ]
        for (key, value) in more.members { body[key] = value }
        return .object(body)
    }
}

/// Text for where Slack reads markup.
enum SlackEscape {
    /// https://docs.slack.dev/messaging/formatting-message-text#escaping
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
