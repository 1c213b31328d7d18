import Authority
import Wire

extension SourceReader {
    /// An organization's models, with each problem at its own place.
    func models(_ node: JSON5Node) -> [ModelSlot]? {
        let places = modelPlaces(node)
        do throws(DefinitionProblems) {
            return try ModelSlot.list(node.json)
        } catch {
            for found in error.problems {
                problem(found.message, at: places[found.place]?.position ?? node.position, hint: found.hint)
            }
            return nil
        }
    }

    /// Where each model of a list stands, and each of its keys, as ``ModelSlot/list(_:)`` names them.
    func modelPlaces(_ node: JSON5Node) -> [String: SourceProblem.Place] {
        places(of: node, called: ModelSlot.listKey, known: DefinitionKeys.names(of: .model))
    }

    /// Where each object of a list stands, and each of its keys. A key that isn't known stands where it is written; of every
    /// other its value is meant.
    func places(of node: JSON5Node, called list: String, known: [String]) -> [String: SourceProblem.Place] {
        guard case .array(let items) = node.value else { return [:] }
        var places: [String: SourceProblem.Place] = [:]
        for (index, item) in items.enumerated() {
            let name = "\(list)[\(index)]"
            places[name] = place(item.position)
            guard case .object(let members) = item.value else { continue }
            for member in members {
                places["\(name).\(member.key)"] = place(
                    known.contains(member.key) ? member.node.position : member.keyPosition)
            }
        }
        return places
    }
}
