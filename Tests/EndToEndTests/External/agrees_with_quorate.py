"""Usage: agrees_with_quorate.py QUORATE PROOF...

Checks each proof file, and many that are made from it by some change, and holds every answer against that of
`quorate verify`. Ends with a line for each file, or at the first difference with status 1."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from nacl.signing import SigningKey
from solders.pubkey import Pubkey

import proofs

ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of Ed25519's group: a signature's second half plus this is the same number to whoever does not look closely."""

STRANGER = SigningKey(b"stranger".ljust(32))


def flipped(data, bit=0):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def malleated(signature):
    return signature[:32] + (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")


def put(record, **fields):
    record.update(fields)


def edited(data, edit):
    file = proofs.read(data)
    edit(file)
    return proofs.PROOF_FILE.build(file)


def any_file(data):
    """Changes of whatever proof, with the status that they must give."""
    yield "nothing changed", 0, data
    yield "empty", 2, b""
    yield "without the last byte", 2, data[:-1]
    yield "cut in half", 2, data[: len(data) // 2]
    yield "a byte more", 2, data + b"\0"
    yield "another magic", 2, flipped(data)
    yield "another version", 2, flipped(data, 8 * 8 + 1)
    yield "another kind of proof", 2, data[:10] + b"\x02" + data[11:]


def of_evidence(data):
    def change(edit):
        return edited(data, lambda file: edit(proofs.pair_in(file)[1]))

    _, pair = proofs.pair_in(proofs.read(data))
    for field in pair.first:
        value = pair.first[field]
        # There is no other kind of vote to write.
        if field not in ("_io", "kind"):
            other = flipped(value) if isinstance(value, bytes) else value ^ 1
            yield f"{field} altered", 1, change(lambda pair: put(pair.first, **{field: other}))
    for name in ("first_signature", "second_signature"):
        for bit in (0, 300):
            yield f"a bit of {name}", 1, change(lambda pair: put(pair, **{name: flipped(pair[name], bit)}))
        yield f"{name} malleated", 1, change(lambda pair: put(pair, **{name: malleated(pair[name])}))
    yield "a bit of the key", 1, change(lambda pair: put(pair, accused=flipped(pair.accused)))
    yield "another's key", 1, change(lambda pair: put(pair, accused=bytes(STRANGER.verify_key)))
    yield "messages exchanged", 1, change(lambda pair: put(pair, first=pair.second, second=pair.first))

    def exchange(pair):
        put(pair, first=pair.second, second=pair.first)
        put(pair, first_signature=pair.second_signature, second_signature=pair.first_signature)

    def repeat(pair):
        put(pair, second=pair.first, second_signature=pair.first_signature)

    yield "messages exchanged with their signatures", 1, change(exchange)
    yield "one message twice", 1, change(repeat)
    yield "another kind of evidence", 2, data[:11] + b"\x09" + data[12:]


def of_certificate(data):
    def change(edit):
        return edited(data, lambda file: edit(file.proof.operator_set, file.proof.certificate))

    def with_bits(certificate, bits):
        size = len(certificate.signers.bits)
        certificate.signers.bits = (bits(int.from_bytes(certificate.signers.bits, "little"))).to_bytes(size, "little")

    def drop_signers(_, certificate):
        certificate.signatures = []
        with_bits(certificate, lambda _: 0)

    def double_weight(operator_set, _):
        operator_set.members[0].weight *= 2

    def double_weight_and_rename(operator_set, certificate):
        double_weight(operator_set, certificate)
        certificate.statement.operator_set = proofs.set_digest(operator_set)

    def exchange_members(operator_set, _):
        operator_set.members[0], operator_set.members[1] = operator_set.members[1], operator_set.members[0]

    def sign(place, alter):
        return lambda _, certificate: certificate.signatures.__setitem__(place, alter(certificate.signatures[place]))

    file = proofs.read(data)
    members, signatures = file.proof.operator_set.members, file.proof.certificate.signatures
    for field in ("network", "operator_set", "task", "result"):
        yield f"{field} altered", 1, change(lambda _, c: put(c.statement, **{field: flipped(c.statement[field])}))
    for field in ("service", "scope", "number", "epoch"):
        yield f"{field} altered", 1, change(lambda _, c: put(c.statement, **{field: c.statement[field] ^ 1}))
    yield "a bit of a signature", 1, change(sign(0, flipped))
    yield "a signature malleated", 1, change(sign(-1, malleated))
    yield "no signature", 1, change(sign(0, lambda _: bytes(64)))
    yield "a signer less than signatures", 1, change(lambda _, c: with_bits(c, lambda bits: bits & (bits - 1)))
    yield "a signer past the last", 1, change(lambda _, c: with_bits(c, lambda bits: bits | 1 << len(members)))
    yield "nobody signed", 1, change(drop_signers)
    yield "a bit of a member's key", 1, change(
        lambda s, _: put(s.members[0], key=flipped(s.members[0].key))
    )
    yield "wrong weights", 1, change(double_weight)
    yield "wrong weights, and the statement names them", 1, change(double_weight_and_rename)
    yield "a lower threshold", 1, change(lambda s, _: put(s.threshold, numerator=s.threshold.numerator - 1))
    yield "a threshold over nothing", 1, change(lambda s, _: put(s.threshold, denominator=0))
    yield "members exchanged", 1, change(exchange_members)
    if len(signatures) > 1:
        yield "signatures exchanged", 1, change(lambda _, c: c.signatures.reverse())
    if len(signatures) < len(members):
        yield "a signer more than signatures", 1, change(lambda _, c: with_bits(c, lambda bits: bits | (bits + 1)))


def forged(data):
    """A certificate that anyone can make: valid for an operator set of the forger's own."""
    def forge(file):
        operator_set, certificate = file.proof.operator_set, file.proof.certificate
        operator_set.members = operator_set.members[:1]
        operator_set.members[0].key = bytes(STRANGER.verify_key)
        certificate.statement.operator_set = proofs.set_digest(operator_set)
        put(certificate.signers, size=1, bits=b"\x01")
        certificate.signatures = [STRANGER.sign(proofs.statement_bytes(certificate.statement)).signature]

    return edited(data, forge)


class Quorate:
    def __init__(self, path, directory):
        self.path = path
        self.file = Path(directory) / "changed.borsh"

    def verify(self, data, *options):
        self.file.write_bytes(data)
        return subprocess.run(
            [self.path, "verify", str(self.file), *options], capture_output=True, text=True, check=False
        )


def difference(text):
    sys.exit(f"agrees_with_quorate.py: {text}")


def compare(quorate, what, expected, data):
    ours, theirs = proofs.status(data), quorate.verify(data)
    if not ours == theirs.returncode == expected:
        difference(
            f"{what}: status {expected} is right, {ours} found here, {theirs.returncode} by quorate:\n"
            f"{theirs.stdout}{theirs.stderr}"
        )
    if expected != 0 and not (theirs.stdout + theirs.stderr).strip():
        difference(f"{what}: quorate does not say what is wrong")


def compare_figures(quorate, data):
    file, told = proofs.read(data), json.loads(quorate.verify(data, "--json").stdout)
    if proofs.is_evidence(file):
        accused, _ = proofs.check_evidence(file)
        found = {"accused": str(Pubkey(accused))}
    else:
        signed, total, name = proofs.check_certificate(file)
        found = {"signed_lamports": str(signed), "total_lamports": str(total), "operator_set": name.hex()}
    for key, value in found.items():
        if told[key] != value:
            difference(f"{key}: {value} found here, {told[key]} by quorate")


def compare_pins(quorate, data):
    name = proofs.check_certificate(proofs.read(data))[2].hex()
    forgery = forged(data)
    for what, expected, file, pin in [
        ("the right digest", 0, data, name),
        ("another digest", 1, data, flipped(bytes.fromhex(name)).hex()),
        ("a forger's operator set, pinned", 1, forgery, name),
        ("half a digest", 2, data, name[:32]),
        ("no digest", 2, data, "x" * 64),
    ]:
        answer = quorate.verify(file, "--set-digest", pin)
        if answer.returncode != expected:
            difference(f"{what}: status {expected} is right, not {answer.returncode}:\n{answer.stdout}{answer.stderr}")
    compare(quorate, "a forger's operator set, not pinned", 0, forgery)


def check(quorate, path):
    data = path.read_bytes()
    evidence = proofs.is_evidence(proofs.read(data))
    changes = [*any_file(data), *(of_evidence if evidence else of_certificate)(data)]
    for what, expected, changed in changes:
        compare(quorate, f"{path.name}: {what}", expected, changed)
    # Wherever a bit flips there is no proof left; in every 19th byte, another bit each.
    flips = range(0, len(data), 19)
    for place in flips:
        changed = flipped(data, 8 * place + place % 8)
        if proofs.status(changed) == 0 or quorate.verify(changed).returncode not in (1, 2):
            difference(f"{path.name}: still a proof with a bit flipped in byte {place}")
    compare_figures(quorate, data)
    if not evidence:
        compare_pins(quorate, data)
    print(f"{path.name}: {len(changes)} changes and {len(flips)} flipped bits, no difference")


def main():
    quorate, *paths = sys.argv[1:]
    if not paths:
        difference("no proof given")
    with tempfile.TemporaryDirectory() as directory:
        for path in paths:
            check(Quorate(quorate, directory), Path(path))


if __name__ == "__main__":
    main()
