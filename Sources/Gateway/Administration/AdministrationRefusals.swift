import Broker
import Registry
import Turns

// The status that an error is answered with.

extension RegistryError {
    var status: Int {
        switch code {
        case .unknown: 404
        case .exists: 409
        case .invalid: 422
        case .refused: 403
        case .unavailable: 503
        }
    }
}

extension TurnsError {
    var status: Int {
        switch code {
        case .unknown: 404
        case .exists: 409
        case .invalid: 422
        case .refused: 403
        case .unavailable: 503
        }
    }
}

extension BrokerError {
    var status: Int {
        switch code {
        case .unknown: 404
        case .invalid: 422
        case .refused: 403
        case .unavailable: 503
        }
    }
}
