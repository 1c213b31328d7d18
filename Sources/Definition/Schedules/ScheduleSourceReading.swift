import Authority
import Wire

extension SourceReader {
    /// An agent's schedules as they are stored, with each problem at its own place.
    func schedules(_ node: JSON5Node) -> JSON? {
        let places = places(of: node, called: Schedule.listKey, known: DefinitionKeys.names(of: .schedule))
        do throws(DefinitionProblems) {
            _ = try Schedule.list(node.json)
            return node.json
        } catch {
            for found in error.problems {
                problem(found.message, at: position(of: found.place, in: places) ?? node.position, hint: found.hint)
            }
            return nil
        }
    }

    /// Of what stands deeper, the object that it stands in.
    private func position(of name: String, in places: [String: SourceProblem.Place]) -> SourcePosition? {
        if let place = places[name] { return place.position }
        return name.lastIndex(of: ".").flatMap { places[String(name[..<$0])]?.position }
    }
}
