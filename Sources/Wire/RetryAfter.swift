/// How long somebody asks us to wait (RFC 9110 section 10.2.3).
public enum RetryAfter {
    /// A day. Who asks for more is asked again after it.
    public static let longest = 86_400

    /// Whole seconds, from 1 to a day, whatever the header says; nil for a date, and for what is no number.
    public static func seconds(_ value: String?) -> Int? {
        guard let value, let seconds = Double(value), !seconds.isNaN else { return nil }
        return Int(min(max(seconds.rounded(.up), 1), Double(longest)))
    }
}
