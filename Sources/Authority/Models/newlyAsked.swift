/// What other places for models newly let out, in sentences that go on from "may newly".
///
/// Another order and fewer places let nothing out: each place was there, for the same data.
public func newlyAsked(_ before: [ModelSlot], _ after: [ModelSlot]) -> [String] {
    after.compactMap { slot in
        let new: DataClasses
        if let earlier = before.first(where: { $0.isSamePlace(as: slot) }) {
            new = slot.classes.subtracting(earlier.classes)
            let shown = new.names + (slot.seesPictures && !earlier.seesPictures ? ["pictures"] : [])
            guard !shown.isEmpty else { return nil }
            return "show \(shown.joined(separator: " and ")) to `\(slot.name)`, \(slot.place)"
        }
        let shown = (["what has no class"] + slot.classes.names + (slot.seesPictures ? ["pictures"] : []))
            .joined(separator: " and ")
        return "ask `\(slot.name)`, \(slot.place), and show it \(shown)"
    }
}

extension ModelSlot {
    fileprivate func isSamePlace(as other: ModelSlot) -> Bool {
        speaks == other.speaks && model == other.model && base == other.base && key == other.key
    }

    fileprivate var place: String {
        switch speaks {
        case .offline: return "which is no model"
        case .anthropic, .chat, .responses: break
        }
        let with = key.map { " with the key of `\($0.text)`" } ?? " without a key"
        return "the model `\(model)`" + (base.map { " at `\($0)`" } ?? "") + with
    }
}
