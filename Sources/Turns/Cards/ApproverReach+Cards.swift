public import Gate

extension ApproverReach {
    /// - Parameters:
    ///   - outcome: of the card; nil while it is owed.
    ///   - message: how what shows it stands; nil when it is gone.
    public init(of outcome: CardOutcome?, message: OutboxState?) {
        switch outcome {
        case nil: self = .underWay
        case .needless, .undelivered: self = .unreached
        case .gathered: self = .reached
        case .shown, .told:
            switch message {
            case .delivered, .dropped, nil: self = .reached
            // Another way is taken in a moment.
            case .waiting, .sending, .failed, .unknown: self = .underWay
            }
        }
    }

    /// Of whoever wrote, who is told there. A page may be closed, so whoever talks on one is told elsewhere too.
    public init(said state: OutboxState, by kind: ChannelKind) {
        guard !kind.nature.knowsPeople else {
            self = .unreached
            return
        }
        switch state {
        case .delivered: self = .reached
        case .waiting, .sending: self = .underWay
        case .failed, .unknown, .dropped: self = .unreached
        }
    }
}
