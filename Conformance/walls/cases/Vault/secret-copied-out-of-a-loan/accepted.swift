import Vault

func another(_ secret: borrowing Secret) -> Secret {
    return Secret.random(count: secret.count)
}
