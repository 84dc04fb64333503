import Cryptography
import Primitives

/// A message from one AVS to another: a certified result, with the certificate that authorises it.
package struct Letter: Hashable, Sendable {
    package static let bodyLimit = 4_096

    package var recipient: ServiceID
    /// What the certificate's statement names the digest of.
    package var body: [UInt8]
    package var certificate: Certificate

    package init(recipient: ServiceID, body: [UInt8], certificate: Certificate) {
        self.recipient = recipient
        self.body = body
        self.certificate = certificate
    }

    package var sender: ServiceID { certificate.statement.service }

    /// Whether the certificate is for this very body.
    package var isAuthorised: Bool { Domain.resultDigest.digest(body) == certificate.statement.result }
}

extension Letter: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(recipient)
        encoder.encode(body)
        encoder.encode(certificate)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        recipient = try decoder.decode()
        body = try decoder.decodeBytes(limit: Self.bodyLimit)
        certificate = try decoder.decode()
    }
}
