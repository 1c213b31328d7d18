import Vault

func take(_ value: some Encodable) {}

func send(_ secret: consuming Secret) {
    take(secret)
}
