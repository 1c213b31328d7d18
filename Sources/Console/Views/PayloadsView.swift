/// What a call was given and what came back, for who may read that.
public struct PayloadsView: PageView {
    public static let template = "payloads"

    public struct Read: Sendable {
        public let call: String
        /// Nil where nothing is kept, or it was erased.
        public let arguments: String?
        public let result: String?

        public init(call: String, arguments: String?, result: String?) {
            self.call = call
            self.arguments = arguments
            self.result = result
        }
    }

    public let title = "Arguments and results"
    public let read: Read?
    public let problem: String?

    public init(read: Read? = nil, problem: String? = nil) {
        self.read = read
        self.problem = problem
    }
}
