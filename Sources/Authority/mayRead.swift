/// Whether a model at a place may be shown what a session has seen.
///
/// Who runs a model reads what it is asked, and keeps it for as long as they like: so an organization says which classes of
/// data may go where. A place without any gets what has no class.
///
/// - Parameter allowed: the classes that may go to the place.
public func mayRead(_ labels: Labels, allowed: DataClasses) -> Bool {
    labels.classes.isSubset(of: allowed)
}
