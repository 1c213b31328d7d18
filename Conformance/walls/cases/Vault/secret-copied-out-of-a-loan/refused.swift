import Vault

func another(_ secret: borrowing Secret) -> Secret {
    return secret
}
