import GRDB
import Gate

extension CommitError {
    /// The store's own failures, without SQL or values in the text.
    init(storing error: any Error) {
        self =
            switch error {
            case let error as CommitError: error
            case let error as StorageError: .unavailable(error.message)
            case let error as DatabaseError:
                .unavailable("the store can't write: \(error.message ?? "SQLite error \(error.resultCode.rawValue)")")
            default: .unavailable("the store can't write")
            }
    }
}
