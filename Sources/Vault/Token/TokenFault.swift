import CPKCS11

/// What a PKCS#11 function answered when it didn't do what it was asked.
struct TokenFault {
    private let answer: CK_RV

    init(_ answer: CK_RV) {
        self.answer = answer
    }

    /// - Parameter what: what didn't work.
    func error(_ what: String) -> VaultError {
        switch answer {
        case CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE:
            VaultError(
                .wrongPIN, "the token refuses the PIN",
                hint: "type it again, or correct its file; after a few wrong ones the token locks itself")
        case CKR_PIN_LOCKED:
            VaultError(
                .wrongPIN, "the token is locked after too many wrong PINs",
                hint: "unlock it with its security officer's PIN, by the tool that came with it")
        case CKR_SLOT_ID_INVALID, CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED,
            CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED:
            .tokenGone("the token was removed, or doesn't answer")
        case CKR_MECHANISM_INVALID:
            VaultError(
                .tokenUnusable, "the token can't do AES-GCM",
                hint: "`pkcs11-tool --list-mechanisms` shows what it can; another token or source is needed")
        case _:
            VaultError(
                .tokenUnusable, "\(what) (CKR 0x\(String(answer, radix: 16)))",
                hint: "see the log of the token's driver")
        }
    }
}

extension VaultError {
    static func tokenGone(_ what: String) -> VaultError {
        VaultError(
            .tokenMissing, what,
            hint: "put it back and try again; a gateway that runs goes on with the keys that it has opened, and can't "
                + "change them or start again without it")
    }
}
