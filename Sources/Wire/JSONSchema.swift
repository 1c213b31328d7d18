/// A compiled schema for tool arguments: a closed part of JSON Schema 2020-12, in which every keyword is enforced or
/// refused.
///
/// Keywords: `type` (one or several), `properties`, `required`, `additionalProperties`, `items`, `enum`, `const`,
/// `minLength`, `maxLength` (in Unicode scalars), `minimum`, `maximum` (exact), `minItems`, `maxItems`, `uniqueItems`,
/// `default`, `format` (`date-time`, `date`, `email`, `uri`), and `title`, `description`, `examples` as notes. Any
/// other keyword is an error, `$ref` and `pattern` among them.
///
/// It departs from JSON Schema in one thing: objects are closed. Where `additionalProperties` isn't said, it is
/// `false`, unless `enum` or `const` lists the whole object.
public struct JSONSchema: Sendable {
    /// The schema as it was given.
    public let source: JSON
    private let root: SchemaNode

    /// Compiles a schema; every default in it is checked against the part that it stands in. Throws the first fault.
    public init(_ schema: JSON) throws(SchemaError) {
        source = schema
        root = try SchemaReader.compile(schema, at: .root)
    }

    /// The same value with absent properties filled in from their defaults, at every depth; the order of what was there
    /// stays. Throws everything that isn't allowed, all at once.
    public func validate(_ value: JSON) throws(SchemaViolations) -> JSON {
        var check = SchemaCheck()
        let filled = check.run(value, root)
        guard check.violations.isEmpty else { throw SchemaViolations(check.violations) }
        return filled ?? value
    }
}
