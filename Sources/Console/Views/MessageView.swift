/// Something to say, with the way out.
public struct MessageView: PageView {
    public static let template = "message"

    public let title: String
    public let text: String
    public let wayOut: String?
    public let link: String?
    public let linkName: String
    public let otherLink: String?
    public let otherName: String?

    public init(
        title: String, text: String, wayOut: String? = nil, link: String? = nil, linkName: String = "Go on",
        otherLink: String? = nil, otherName: String? = nil
    ) {
        self.title = title
        self.text = text
        self.wayOut = wayOut
        self.link = link
        self.linkName = linkName
        self.otherLink = otherLink
        self.otherName = otherName
    }
}
