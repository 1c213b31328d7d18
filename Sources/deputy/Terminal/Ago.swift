/// How long ago something was, as people say it: the greatest unit alone.
enum Ago {
    static func words(seconds: Int64) -> String {
        switch seconds {
        case ..<60: "\(max(0, seconds)) s"
        case ..<3600: "\(seconds / 60) min"
        case ..<86_400: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) days"
        }
    }
}
