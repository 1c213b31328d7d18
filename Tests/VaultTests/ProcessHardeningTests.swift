import Glibc
import Testing
import Vault

@Suite struct ProcessHardeningTests {
    @Test func `a hardened process can neither dump its memory nor be attached to`() async {
        await #expect(processExitsWith: .exitCode(42)) {
            let before = try ProcessHardening.isDumpable
            try ProcessHardening.apply()
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
            let after = try ProcessHardening.isDumpable
            exit(before && !after && limit.rlim_cur == 0 && limit.rlim_max == 0 ? 42 : 1)
        }
    }
}
