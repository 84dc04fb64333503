import Cryptography
import Primitives
import Staging
import Testing

@Suite struct SignaturePlanTests {
    @Test func everySeedHasASecretOfItsOwn() {
        #expect(SignaturePlan.ed25519.scheme(seed: 7) == .ed25519)
        #expect(SignaturePlan.modelled.scheme(seed: 7) == SignaturePlan.modelled.scheme(seed: 7))
        let schemes = Set((0..<100).map { SignaturePlan.modelled.scheme(seed: $0) })
        #expect(schemes.count == 100 && !schemes.contains(.ed25519))
    }
}
