import Turns
import Wire

extension ModelTool {
    /// The members that a protocol begins with, the description, when there is one, and the schema under its name.
    func described(_ beginning: JSONObject, _ schemaKey: String) -> JSONObject {
        var members = beginning
        if !description.isBlank { members["description"] = .string(description) }
        members[schemaKey] = schema
        return members
    }
}

extension ModelToolResult {
    /// The text, for protocols that have no place to say that it is an error.
    var marked: String { isError ? "error: " + text : text }
}

extension ModelPicture {
    /// RFC 2397
    var dataURL: JSON { .string("data:\(mediaType);base64,\(base64)") }
}
