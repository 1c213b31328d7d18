import Vault

func describe(_ secret: borrowing Secret) -> String {
    "a secret: \(secret.count) bytes"
}
