import Cryptography
import Primitives

/// In a star, the coordinator's word that a statement is certified. The certificate itself comes on request.
package struct CertifiedNotice: Hashable, Sendable {
    package var statement: Statement
    package var certificate: Digest

    package init(statement: Statement, certificate: Digest) {
        self.statement = statement
        self.certificate = certificate
    }
}

extension CertifiedNotice: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(statement)
        encoder.encode(certificate)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        statement = try decoder.decode()
        certificate = try decoder.decode()
    }
}
