import Messages
import Primitives
import Restaking

/// Which parts of operators' stake are behind which AVSs, by asset.
struct StakeParts {
    /// By AVS, then by operator.
    private var parts: [[OperatorIndex: [StakePart]]]

    /// Where every AVS counts all of an operator's stake, whatever it consists of.
    init(sharedBy sets: [OperatorSet?]) {
        parts = sets.map { set in
            Dictionary(
                uniqueKeysWithValues: (set?.members ?? []).map {
                    ($0.signer, [StakePart(asset: .native, magnitude: .whole, weight: $0.weight)])
                })
        }
    }

    /// As of the ledger's epoch, if that is the sets'.
    init(_ sets: [OperatorSet?], in ledger: Ledger) {
        parts = sets.map { _ in [:] }
        take(sets, from: ledger)
    }

    /// Of the members of the sets that are of the ledger's epoch, which is about to open.
    mutating func take(_ sets: [OperatorSet?], from ledger: Ledger) {
        for case let (place, set?) in sets.enumerated() where set.epoch == ledger.epoch {
            for member in set.members { parts[place][member.signer] = ledger.parts(of: member.signer, in: set.service) }
        }
    }

    /// By AVS: what of its weight is behind no other, and what is left of it where nothing is counted twice.
    var divided: [(unique: Lamports, alone: Lamports)] {
        var sums: [OperatorIndex: [AssetID: UInt128]] = [:]
        for service in parts {
            for (signer, parts) in service {
                for part in parts {
                    sums[signer, default: [:]][part.asset, default: 0] += UInt128(part.magnitude.number)
                }
            }
        }
        return parts.map { service in
            var (unique, alone) = (Lamports.zero, Lamports.zero)
            for (signer, parts) in service {
                for part in parts {
                    let divided = Self.divide(part, of: sums[signer]![part.asset]!)
                    unique += divided.unique
                    alone += divided.alone
                }
            }
            return (unique, alone)
        }
    }

    /// - Parameter all: of this operator's parts of this asset.
    private static func divide(_ part: StakePart, of all: UInt128) -> (unique: Lamports, alone: Lamports) {
        let (own, whole) = (UInt128(part.magnitude.number), UInt128(Magnitude.whole.number))
        let kept = min(own, whole - min(all - own, whole))
        func scaled(_ number: UInt128, over divisor: UInt128) -> Lamports {
            Lamports(UInt64(Arithmetic.multiplyDivide(UInt128(part.weight.number), number, by: divisor)))
        }
        return (scaled(kept, over: own), all > whole ? scaled(whole, over: all) : part.weight)
    }
}
