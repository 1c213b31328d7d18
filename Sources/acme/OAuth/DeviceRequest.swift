import Foundation

/// A device that waits for a person to allow it (RFC 8628).
struct DeviceRequest: Sendable {
    enum State: Sendable {
        case waiting
        case allowed(family: Int)
        case denied
        case spent
    }

    let client: String
    let scopes: [String]
    let userCode: String
    let expires: Date
    /// Seconds between two polls; five more after each poll that came too soon (§3.5).
    var interval: Int
    var polled: Date?
    var state = State.waiting
}

enum DeviceFault: Error {
    case unknown
    case pending
    case tooSoon
    case denied
    case expired
}

extension OAuthBook {
    mutating func beginDevice(_ client: String, _ scopes: [String], seconds: Int, interval: Int, now: Date) -> (
        device: String, user: String
    ) {
        let device = SecretShape.code.mint()
        let user = SecretShape.userCode.mint()
        devices[device] = DeviceRequest(
            client: client, scopes: scopes, userCode: user, expires: now.addingTimeInterval(TimeInterval(seconds)),
            interval: interval)
        return (device, user)
    }

    /// The device that shows this code and still waits; nil when none.
    func waiting(_ userCode: String, now: Date) -> (secret: String, request: DeviceRequest)? {
        let typed = userCode.uppercased()
        return devices.first { _, request in
            guard case .waiting = request.state else { return false }
            return request.userCode == typed && request.expires > now
        }.map { ($0.key, $0.value) }
    }

    /// What a poll finds: the authorization, once.
    mutating func poll(_ secret: String, client: String, now: Date) throws(DeviceFault) -> Family {
        guard var request = devices[secret], request.client == client else { throw .unknown }
        defer { devices[secret] = request }
        let earlier = request.polled
        request.polled = now
        switch request.state {
        case .allowed(let family):
            guard request.expires > now else { throw .expired }
            request.state = .spent
            return self[family: family]
        case .denied: throw .denied
        case .spent: throw .unknown
        case .waiting:
            guard request.expires > now else { throw .expired }
            if let earlier, now < earlier.addingTimeInterval(TimeInterval(request.interval)) {
                request.interval += 5
                throw .tooSoon
            }
            throw .pending
        }
    }
}
