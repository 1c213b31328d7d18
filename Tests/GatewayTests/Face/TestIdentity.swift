/// Certificates for tests, valid until 2126, with keys that open nothing else.
enum TestIdentity {
    static let one = (
        certificate: """
        -----BEGIN CERTIFICATE-----
        MIIBfDCCASOgAwIBAgIUW/AYJGwmc4T89H/BHolmIZRJXqYwCgYIKoZIzj0EAwIw
        EzERMA8GA1UEAwwIb25lLnRlc3QwIBcNMjYxMTIxMTE1MTA1WhgPMjEyNjEwMjgx
        MTUxMDVaMBMxETAPBgNVBAMMCG9uZS50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
        AQcDQgAE5oB1sR/yQJEb99BIJABZVJFoQrPghLk+XiYKLLU5imRk6pvpDOfRgBe5
        m1LX2TnHeUfmu61gU8WLuGNoPB0ngKNTMFEwHQYDVR0OBBYEFBXKzLrpHawBfzgF
        hZ5DzKQ/hj01MB8GA1UdIwQYMBaAFBXKzLrpHawBfzgFhZ5DzKQ/hj01MA8GA1Ud
        EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIge2dIsGvrmUKoVU4vG/5Y/+7u
        xr5n02E/RFTDCMtnmOYCIECqqITM5lDgxs8KjX5AUIoPo2VH79mxY+M2dXei3hKM
        -----END CERTIFICATE-----
        """,
        key: """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbvigB0/oq2whK15k
        9EtAZrXkOfgP434uHMhdnhN/8z6hRANCAATmgHWxH/JAkRv30EgkAFlUkWhCs+CE
        uT5eJgostTmKZGTqm+kM59GAF7mbUtfZOcd5R+a7rWBTxYu4Y2g8HSeA
        -----END PRIVATE KEY-----
        """
    )
    static let two = (
        certificate: """
        -----BEGIN CERTIFICATE-----
        MIIBfjCCASOgAwIBAgIUSOk6Aix2QKxClmVeI51OTJklchUwCgYIKoZIzj0EAwIw
        EzERMA8GA1UEAwwIdHdvLnRlc3QwIBcNMjYxMTIxMTE1MTA1WhgPMjEyNjEwMjgx
        MTUxMDVaMBMxETAPBgNVBAMMCHR3by50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
        AQcDQgAEs6FSVKfsFnHLPXG5aHN59AVrQVAFXAr6LyN8MQAl6j+D3gsWCgHBd/sN
        rPteYhsXQ/j5qZTy157IibP7ZVQ+tKNTMFEwHQYDVR0OBBYEFNjR99ZEwop1dB/6
        RboJLdb4x0VuMB8GA1UdIwQYMBaAFNjR99ZEwop1dB/6RboJLdb4x0VuMA8GA1Ud
        EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAN4/P5TCCdmuPyRSzhT86FS/
        KmaXL2nHbupVH6pCLigHAiEA13PeX8FHjR6tkQM0FvJrJekOjLDv3syTyItwsuwp
        CI0=
        -----END CERTIFICATE-----
        """,
        key: """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvMCJRlwrGxszQUI+
        t6Xax1nTYLO6Psfl1XfpXYFxOjqhRANCAASzoVJUp+wWccs9cbloc3n0BWtBUAVc
        CvovI3wxACXqP4PeCxYKAcF3+w2s+15iGxdD+PmplPLXnsiJs/tlVD60
        -----END PRIVATE KEY-----
        """
    )
}
