import Vault

func show(_ secret: borrowing Secret) {
    print(secret.count)
}
