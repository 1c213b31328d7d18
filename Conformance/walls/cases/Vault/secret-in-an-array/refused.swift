import Vault

func keep(_ secret: consuming Secret) {
    let kept: [Secret] = [secret]
    _ = kept.count
}
