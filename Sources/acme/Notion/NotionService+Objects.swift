extension NotionService {
    private static let author: JSON = ["object": "user", "id": "da4a0000-4444-4d44-8d44-000000000004"]

    static func describe(_ page: NotionWorld.Page) -> JSON {
        [
            "object": "page", "id": .string(page.id), "created_time": "2026-09-01T08:00:00.000Z",
            "last_edited_time": .string(page.edited), "created_by": author, "last_edited_by": author, "cover": .null,
            "icon": .null, "parent": ["type": "workspace", "workspace": true], "archived": false, "in_trash": false,
            "is_locked": false,
            "properties": ["title": ["id": "title", "type": "title", "title": [richText(page.title)]]],
            "url": .string(page.url), "public_url": .null,
        ]
    }

    static func block(_ text: String, page: NotionWorld.Page, index: Int) -> JSON {
        [
            "object": "block", "id": .string(page.blockID(index)),
            "parent": ["type": "page_id", "page_id": .string(page.id)], "created_time": "2026-09-01T08:00:00.000Z",
            "last_edited_time": .string(page.edited), "created_by": author, "last_edited_by": author,
            "has_children": false, "archived": false, "in_trash": false, "type": "paragraph",
            "paragraph": ["rich_text": [richText(text)], "color": "default"],
        ]
    }

    private static func richText(_ text: String) -> JSON {
        [
            "type": "text", "text": ["content": .string(text), "link": .null],
            "annotations": [
                "bold": false, "italic": false, "strikethrough": false, "underline": false, "code": false,
                "color": "default",
            ],
            "plain_text": .string(text), "href": .null,
        ]
    }
}
