import Wire

/// One thing that `doctor` found.
public struct DoctorFinding: Sendable, Hashable {
    public enum Grade: String, Sendable, CaseIterable {
        case good, warning, bad
    }

    public let grade: Grade
    public let message: String
    public let hint: String?

    public init(_ grade: Grade, _ message: String, hint: String? = nil) {
        self.grade = grade
        self.message = message
        self.hint = hint
    }

    var json: JSON {
        var object: JSONObject = ["grade": .string(grade.rawValue), "message": .string(message)]
        object["hint"] = hint.map { .string($0) }
        return .object(object)
    }
}
