public import Authority
public import Wire

extension AgentDefinition {
    /// Checks what is kept beside a mandate, as strictly as a file: closed keys, closed words.
    ///
    /// - Throws: `DefinitionProblems`, with everything that is wrong.
    public static func check(about: JSONObject) throws(DefinitionProblems) {
        let reader = SourceReader(file: aboutKey)
        do throws(JSON5Error) {
            let node = try JSON5.parse(JSON.object(about).text)
            if let object = reader.object(node, keys: DefinitionKeys.about, what: "`about`") {
                _ = reader.about(object)
            }
        } catch {
            reader.problem(error.message, at: error.position, hint: error.hint)
        }
        guard reader.problems.isEmpty else {
            throw DefinitionProblems(
                reader.problems.map { DefinitionProblem(place: aboutKey, message: $0.message, hint: $0.hint) })
        }
    }
}
