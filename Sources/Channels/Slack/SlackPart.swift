import Turns
import Wire

/// One message as Slack takes it, without its address.
///
/// All words stand in `rich_text`, where text is text: no markup is read in it, and only an element that says so is a
/// link (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block). `text` is what notifications show.
struct SlackPart {
    /// In UTF-16 units, which are never fewer than scalars. Slack refuses blocks beyond about 13,000 in all.
    static let longest = 9000
    private static let longestBlock = 3000
    private static let longestSummary = 300

    private let summary: String
    private let blocks: [JSON]

    static func parts(of content: OutboundContent, alone hasOneReader: Bool) -> [SlackPart] {
        switch content {
        case .words(let words): SlackSplit.pieces(of: words, longest: longest).map { SlackPart(text: $0) }
        case .notice(let words, let link): [SlackPart(notice: words, link: link)]
        case .approval(let notice): [SlackPart(approval: notice, alone: hasOneReader)]
        }
    }

    var body: JSONObject {
        [
            "text": .string(SlackEscape.escaped(summary)), "blocks": .array(blocks), "parse": "none",
            "link_names": false,
        ]
    }

    private init(text: String) {
        summary = SlackSplit.head(of: text, longest: Self.longestSummary)
        blocks = SlackSplit.pieces(of: text, longest: Self.longestBlock).map { SlackBlock.text($0) }
    }

    private init(notice words: String, link: String?) {
        let shown = SlackSplit.head(of: words, longest: Self.longestBlock)
        summary = SlackSplit.head(of: words, longest: Self.longestSummary)
        blocks = [SlackBlock.text(shown, link: link)]
    }

    /// What doesn't fit whole has no buttons: nobody agrees to what they can't see.
    private init(approval notice: ApprovalNotice, alone hasOneReader: Bool) {
        let title = SlackSplit.head(of: notice.title, longest: Self.longestSummary)
        let lines = notice.lines.joined(separator: "\n")
        let shown = SlackSplit.head(of: lines, longest: Self.longestBlock)
        let isWhole = shown == lines && title == notice.title
        let mayDecide = notice.hasButtons && hasOneReader && isWhole
        summary = title
        blocks =
            [SlackBlock.title(title)] + (shown.isEmpty ? [] : [SlackBlock.text(shown)])
            + (isWhole ? [] : [SlackBlock.text("This is not all of it. The page shows the rest.")])
            + [SlackBlock.buttons(for: notice, mayDecide: mayDecide)]
    }
}
