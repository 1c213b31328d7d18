/// Whether a model at a place may be shown what a session has seen.
///
/// Who runs a model reads what it is asked, and keeps it for as long as they like: so an organization says which classes of
/// data may go where. A place without any gets what has no class. Every place is judged for itself: a fallback is shown nothing
/// that its own classes don't let it have.
public func mayRead(_ labels: Labels, at slot: ModelSlot) -> Bool {
    labels.classes.isSubset(of: slot.classes)
}
