/// An approval that one yes is enough for: it waits, is agreed to or not, and is spent once.
public enum ApprovalRegister: Register {
    case waiting, approved, spent, over

    public enum Verb: String, Sendable, CaseIterable {
        case agree, deny, spend, end
    }

    /// What was tried, and whether it was taken. Nil when nobody knows.
    public struct Action: Sendable {
        public let verb: Verb
        public let isTaken: Bool?

        public init(_ verb: Verb, isTaken: Bool?) {
            self.verb = verb
            self.isTaken = isTaken
        }
    }

    public func after(_ action: Action) -> [ApprovalRegister] {
        switch (action.isTaken, next(action.verb)) {
        case (true?, let next?): [next]
        case (true?, nil): []
        case (false?, nil): [self]
        case (false?, .some): []
        case (nil, let next): [self] + [next].compactMap { $0 }
        }
    }

    private func next(_ verb: Verb) -> ApprovalRegister? {
        switch (self, verb) {
        case (.waiting, .agree): .approved
        case (.waiting, .deny), (.waiting, .end), (.approved, .end): .over
        case (.approved, .spend): .spent
        case (.waiting, .spend), (.approved, .agree), (.approved, .deny), (.spent, _), (.over, _): nil
        }
    }
}

/// A budget that so much of may be spent.
public struct BudgetRegister: Register {
    public let limit: Int
    public var used = 0

    public init(limit: Int) {
        self.limit = limit
    }

    /// Whether one more was taken; nil when nobody knows.
    public func after(_ action: Bool?) -> [BudgetRegister] {
        var next = self
        next.used += 1
        return switch action {
        case true?: used < limit ? [next] : []
        case false?: used >= limit ? [self] : []
        case nil: used < limit ? [self, next] : [self]
        }
    }
}

/// A place that one call holds at a time, as an open call holds its identity.
public struct LeaseRegister: Register {
    public var holder: Int?

    public init() {}

    public enum Action: Sendable {
        /// Whether it was had; nil when nobody knows.
        case take(by: Int, isTaken: Bool?)
        /// Letting go of what one doesn't hold does nothing. Whether that was durable; nil when nobody knows.
        case leave(by: Int, isDone: Bool?)
    }

    public func after(_ action: Action) -> [LeaseRegister] {
        switch action {
        case .take(let caller, true?): holder == nil ? [held(by: caller)] : []
        case .take(_, false?): holder == nil ? [] : [self]
        case .take(let caller, nil): holder == nil ? [self, held(by: caller)] : [self]
        case .leave(let caller, true?): [holder == caller ? held(by: nil) : self]
        case .leave(_, false?): [self]
        case .leave(let caller, nil): holder == caller ? [self, held(by: nil)] : [self]
        }
    }

    private func held(by caller: Int?) -> LeaseRegister {
        var next = self
        next.holder = caller
        return next
    }
}
