import Vault

func same(_ left: borrowing Secret, _ right: borrowing Secret) -> Bool {
    left == right
}
