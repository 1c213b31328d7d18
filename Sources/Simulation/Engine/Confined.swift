import Glibc

/// What one thread alone touches: the one on which it was made. Whoever comes on another is stopped, so that handing it
/// around is safe, though the compiler can't see why.
///
/// Everything of a simulation runs as jobs of one queue on one thread (`JobHook`), and ports are called from any task of
/// it without waiting. An actor would make them wait, and a lock would only hide that nobody else ever comes.
@dynamicMemberLookup
final class Confined<Value>: @unchecked Sendable {
    private var inner: Value
    private let thread = pthread_self()

    init(_ value: Value) {
        inner = value
    }

    var value: Value {
        get {
            stopOthers()
            return inner
        }
        _modify {
            stopOthers()
            yield &inner
        }
    }

    subscript<Member>(dynamicMember member: WritableKeyPath<Value, Member>) -> Member {
        get {
            stopOthers()
            return inner[keyPath: member]
        }
        _modify {
            stopOthers()
            yield &inner[keyPath: member]
        }
    }

    private func stopOthers() {
        precondition(pthread_equal(thread, pthread_self()) != 0, "a simulation is touched by another thread")
    }
}
