import PostgreSQL

extension SharedDriver {
    /// Hears what other gateways commit, until cancelled. When the connection was lost, what is known of epochs is
    /// forgotten, since nobody knows what was said meanwhile.
    func listen(_ hear: @escaping @Sendable (StoreNews) -> Void) async {
        await PostgreSQLListener(url, channels: ["deputy"]).run { event in
            switch event {
            case .reconnected:
                memory.forgetEpochs()
                hear(StoreNews(hasAnswers: true))
            case .notification(let notification):
                guard let message = ChangeMessage(text: notification.payload), message.gateway != lease.number else {
                    return
                }
                if let epochs = message.epochs { memory.learn(epochs: epochs) } else { memory.forgetEpochs() }
                if !message.news.isEmpty { hear(message.news) }
            }
        }
    }
}
