/// The page behind a one-time link. Opening it signs nobody in; its button does.
public struct LoginView: PageView {
    public static let template = "login"

    public let title = "Sign in"
    public let name: String
    public let email: String
    public let code: String

    public init(name: String, email: String, code: String) {
        self.name = name
        self.email = email
        self.code = code
    }
}
