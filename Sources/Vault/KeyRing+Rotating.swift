import Crypto

// Which key seals. The file is replaced as a whole: a crash leaves the old one or the new one.
extension KeyRing {
    /// Seals from now on with the key that waits, or with a new one; the one before it only opens.
    ///
    /// Throws `keyInUse` when the ring is full, and `keyFileInvalid` when the file was changed since it was read.
    public func rotate() throws(VaultError) -> KeyID {
        if let waiting {
            try activate(waiting)
            return waiting
        }
        return try append(.active)
    }

    /// Makes a key that is to seal once every gateway has it.
    ///
    /// Throws as ``rotate()`` does, and `keyInUse` when one waits already.
    public func add() throws(VaultError) -> KeyID {
        if let waiting {
            throw VaultError(
                .keyInUse, "`\(waiting)` waits already",
                hint: "copy the key file to every gateway, then `deputy keys rotate`")
        }
        return try append(.waiting)
    }

    /// The key that is to seal once every gateway has it.
    public var waiting: KeyID? { keys.first { $0.state == .waiting }?.id }

    private func append(_ state: KeyState) throws(VaultError) -> KeyID {
        let raw = SymmetricKey(size: .bits256)
        let key = VaultKey(raw: raw, state: state)
        try change(adding: raw) { (keys) throws(VaultError) in
            guard keys.count < VaultLimits.keys else {
                throw VaultError(
                    .keyInUse, "the ring has \(keys.count) keys, which is the most",
                    hint: "retire old ones with `deputy keys retire ID`")
            }
            if state == .active {
                for index in keys.indices { keys[index].state = .decryptOnly }
            }
            keys.append(key)
        }
        return key.id
    }

    /// Seals with a key of the ring from now on.
    ///
    /// Throws `unknownKey`, and `keyFileInvalid` when the file was changed since it was read.
    public func activate(_ id: KeyID) throws(VaultError) {
        guard id != activeKey else { return }
        _ = try key(id)
        try change(adding: nil) { keys in
            for index in keys.indices {
                if keys[index].id == id {
                    keys[index].state = .active
                } else if keys[index].state == .active {
                    keys[index].state = .decryptOnly
                }
            }
        }
    }

    /// Forgets a key that only opens. What it sealed, backups among it, opens no more.
    ///
    /// Throws `unknownKey`, or `keyInUse` for the active key. Whether anything is still sealed with it is the caller's to
    /// know.
    public func retire(_ id: KeyID) throws(VaultError) {
        try change(adding: nil) { (keys) throws(VaultError) in
            guard let index = keys.firstIndex(where: { $0.id == id }) else {
                throw VaultError(.unknownKey, "no key of the ring is called `\(id)`", hint: "see `deputy keys list`")
            }
            guard keys[index].state != .active else {
                throw VaultError(
                    .keyInUse, "`\(id)` is the key that seals", hint: "make another with `deputy keys rotate` first")
            }
            keys.remove(at: index)
        }
    }
}
