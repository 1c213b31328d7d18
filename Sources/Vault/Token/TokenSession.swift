import CPKCS11

/// One session with a token, logged in. Ended by whoever began it.
struct TokenSession {
    let functions: ck_function_list
    let handle: CK_ULONG
    private let address: TokenAddress

    /// - Parameter pin: asked for only where the token wants one.
    init(
        _ functions: ck_function_list, _ address: TokenAddress, pin: () throws(VaultError) -> Secret
    ) throws(VaultError) {
        let (slot, info) = try Self.slot(functions, address)
        var handle: CK_ULONG = 0
        let flags = CKF_SERIAL_SESSION | CKF_RW_SESSION
        try Self.done(
            "no session with the token can be opened", functions.C_OpenSession(slot, flags, nil, nil, &handle))
        (self.functions, self.handle, self.address) = (functions, handle, address)
        do throws(VaultError) {
            try login(info, pin)
        } catch {
            end()
            throw error
        }
    }

    func end() {
        _ = functions.C_Logout(handle)
        _ = functions.C_CloseSession(handle)
    }

    static func done(_ what: String, _ answer: CK_RV) throws(VaultError) {
        guard answer == CKR_OK else { throw TokenFault(answer).error(what) }
    }

    private func login(_ info: ck_token_info, _ pin: () throws(VaultError) -> Secret) throws(VaultError) {
        guard info.flags & CKF_LOGIN_REQUIRED != 0 else { return }
        let user = CKU_USER
        // A reader with a keypad asks itself.
        let hasKeypad = info.flags & CKF_PROTECTED_AUTHENTICATION_PATH != 0
        let answer =
            hasKeypad
            ? functions.C_Login(handle, user, nil, 0)
            : try pin().withBytes { bytes in
                functions.C_Login(handle, user, bytes.bindMemory(to: CK_BYTE.self).baseAddress, CK_ULONG(bytes.count))
            }
        guard answer != CKR_USER_ALREADY_LOGGED_IN else { return }
        try Self.done("the token refuses the login", answer)
    }

    private static func slot(
        _ functions: ck_function_list, _ address: TokenAddress
    ) throws(VaultError) -> (CK_ULONG, ck_token_info) {
        var count: CK_ULONG = 0
        try done("the tokens can't be listed", functions.C_GetSlotList(1, nil, &count))
        var slots = [CK_ULONG](repeating: 0, count: Int(count))
        try done("the tokens can't be listed", functions.C_GetSlotList(1, &slots, &count))
        var found: [(CK_ULONG, ck_token_info)] = []
        for slot in slots.prefix(Int(count)) {
            var info = ck_token_info()
            guard functions.C_GetTokenInfo(slot, &info) == CKR_OK, text(info.label) == address.token,
                address.serial.map({ $0 == text(info.serial_number) }) ?? true
            else { continue }
            found.append((slot, info))
        }
        guard let first = found.first else { throw .tokenGone("no token is called `\(address.token)`") }
        guard found.count == 1 else {
            throw VaultError(
                .tokenUnusable, "\(found.count) tokens are called `\(address.token)`",
                hint: "name one with `;serial=` in the URI: "
                    + found.map { "`\(text($0.1.serial_number))`" }.joined(separator: ", "))
        }
        return first
    }

    /// A field is filled up with spaces.
    private static func text<Field>(_ field: Field) -> String {
        withUnsafeBytes(of: field) { bytes in
            var end = bytes.count
            while end > 0, bytes[end - 1] == UInt8(ascii: " ") || bytes[end - 1] == 0 { end -= 1 }
            return String(decoding: bytes[..<end], as: UTF8.self)
        }
    }
}
