import Primitives

/// What keys and signatures are made of. Ed25519, unless somebody says otherwise for as long as something lasts.
package enum SignatureScheme: Hashable, Sendable {
    case ed25519
    /// For simulations with more signatures than there is time for: a keyed hash stands in for each. Nobody makes one
    /// but by ``SigningKey/sign(_:)``, and nothing in its bytes tells what it is. Whoever has the run's secret could
    /// make any of them: it proves nothing outside its run.
    case modelled(secret: FixedBytes32)

    /// Of the task, or of the thread where there is none.
    @TaskLocal package static var current = SignatureScheme.ed25519

    /// Every key that is made and every signature that is checked in `body` is of this scheme. Nothing is left of that
    /// afterwards, however it ends.
    ///
    /// - Parameter memo: keeps verdicts on Ed25519 signatures that are checked again and again.
    package func scoped<Result, Failure: Error>(
        memo: VerificationMemo? = nil, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // What `withValue` passes on has lost its type.
        let result: Swift.Result<Result, Failure> = Self.$current.withValue(self) {
            VerificationMemo.$current.withValue(memo) {
                Swift.Result { () throws(Failure) -> Result in try body() }
            }
        }
        return try result.get()
    }
}
