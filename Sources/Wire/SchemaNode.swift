/// One compiled part of a schema. A reference, because parts are looked up on the way of every call.
final class SchemaNode: Sendable {
    let rules: SchemaRules

    init(_ rules: SchemaRules) {
        self.rules = rules
    }
}

/// What one part of a schema asks for.
struct SchemaRules: Sendable {
    /// What an object may hold beyond its named properties, or an array as its elements.
    enum Rest: Sendable {
        case nothing
        case anything
        case matching(SchemaNode)
    }

    var types: SchemaType?
    /// The names of the properties, in the order of the schema.
    var names: [String] = []
    var properties: [ExactString: SchemaNode] = [:]
    var required: [String] = []
    var additional = Rest.nothing
    var items = Rest.anything
    /// The allowed values of `enum` or `const`, their numbers normalized.
    var allowed: [Set<JSON>] = []
    /// The allowed strings, for suggestions.
    var allowedWords: [String] = []
    var minLength: Int?
    var maxLength: Int?
    var minItems: Int?
    var maxItems: Int?
    var uniqueItems = false
    var minimum: JSONNumber?
    var maximum: JSONNumber?
    var format: SchemaFormat?
    var defaultValue: JSON?
    /// The properties that have a default, in the order of the schema.
    var defaults: [(name: String, value: JSON)] = []
}
