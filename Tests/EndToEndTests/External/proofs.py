"""Proof files read and checked with a Borsh library, NaCl and hashlib. Nothing here is Quorate's, nor made from it."""

import hashlib

import attr
from borsh_construct import Bytes as ByteVector
from borsh_construct import CStruct, Enum, TupleStruct, U8, U16, U32, U64, Vec
from construct import Bytes, OneOf
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

DIGEST = KEY = Bytes(32)
SIGNATURE = Bytes(64)

STATEMENT = CStruct(
    "network" / DIGEST,
    "service" / U32,
    "scope" / U64,
    "number" / U64,
    "kind" / OneOf(U8, [0]),
    "operator_set" / DIGEST,
    "epoch" / U64,
    "task" / DIGEST,
    "result" / DIGEST,
)

TASK = CStruct(
    "network" / DIGEST,
    "service" / U32,
    "sequence" / U64,
    "epoch" / U64,
    "operator_set" / DIGEST,
    "payload" / DIGEST,
    "issued" / U64,
    "deadline" / U64,
)


class NestingEnum(Enum):
    """The library takes an enum within an enum apart before it encodes it."""

    def _encode(self, obj, context, path):
        fields = attr.asdict(obj, recurse=False)
        return {"index": obj.index, "value": fields.get("tuple_data", fields)}


def contradiction(message):
    return CStruct(
        "accused" / KEY,
        "first" / message,
        "first_signature" / SIGNATURE,
        "second" / message,
        "second_signature" / SIGNATURE,
    )


EVIDENCE = NestingEnum(
    "Equivocation" / TupleStruct(contradiction(STATEMENT)),
    "TaskEquivocation" / TupleStruct(contradiction(TASK)),
    enum_name="Evidence",
)

MEMBER = CStruct("signer" / U32, "key" / KEY, "weight" / U64)

OPERATOR_SET = CStruct(
    "network" / DIGEST,
    "service" / U32,
    "epoch" / U64,
    "revision" / U32,
    "threshold" / CStruct("numerator" / U64, "denominator" / U64),
    "members" / Vec(MEMBER),
)

CERTIFICATE = CStruct(
    "statement" / STATEMENT,
    "signers" / CStruct("size" / U32, "bits" / ByteVector),
    "signatures" / Vec(SIGNATURE),
)

PROOF_FILE = CStruct(
    "magic" / Bytes(8),
    "version" / U16,
    "proof"
    / NestingEnum(
        "Evidence" / TupleStruct(EVIDENCE),
        "Certificate" / CStruct("operator_set" / OPERATOR_SET, "certificate" / CERTIFICATE),
        enum_name="Proof",
    ),
)


class Unreadable(Exception):
    """Not a proof file."""


class Invalid(Exception):
    """A proof file that proves nothing."""


def read(data):
    try:
        file = PROOF_FILE.parse(data)
        again = PROOF_FILE.build(file)
    except Exception as error:  # The library has no one type of error.
        raise Unreadable(repr(error)) from error
    if again != data:
        raise Unreadable("bytes follow, or another encoding")
    if file.magic != b"quoproof" or file.version != 1:
        raise Unreadable("another magic or version")
    return file


def pair_in(file):
    """The name of the evidence's kind, and the two messages that contradict each other."""
    evidence = file.proof.tuple_data[0]
    return type(evidence).__name__, evidence.tuple_data[0]


def digest(tag, content):
    return hashlib.blake2b(tag + content, digest_size=32).digest()


def statement_bytes(statement):
    return b"quorate/vote/1" + STATEMENT.build(statement)


def set_digest(operator_set):
    return digest(b"quorate/digest/operator-set/1", OPERATOR_SET.build(operator_set))


def is_signed(key, message, signature):
    try:
        VerifyKey(key).verify(message, signature)
        return True
    except BadSignatureError:
        return False


def demand(condition, reason):
    if not condition:
        raise Invalid(reason)


# By kind of evidence: the layout of both messages, the tags of what is signed and of the digest that orders the two, and
# the fields that must be the same in both.
KINDS = {
    "Equivocation": (
        STATEMENT,
        b"quorate/vote/1",
        b"quorate/digest/statement/1",
        ("network", "service", "scope", "number", "kind"),
    ),
    "TaskEquivocation": (
        TASK,
        b"quorate/task/1",
        b"quorate/digest/task/1",
        ("network", "service", "sequence"),
    ),
}


def check_evidence(file):
    """The accused and both messages, as signed."""
    kind, pair = pair_in(file)
    layout, tag, digest_tag, subject = KINDS[kind]
    contents = [layout.build(pair.first), layout.build(pair.second)]
    demand(all(pair.first[field] == pair.second[field] for field in subject), "about two subjects")
    first, second = (digest(digest_tag, content) for content in contents)
    demand(first < second, "the same twice, or in the wrong order")
    messages = [tag + content for content in contents]
    for message, signature in zip(messages, (pair.first_signature, pair.second_signature)):
        demand(is_signed(pair.accused, message, signature), "a signature is not the accused's")
    return pair.accused, messages


def check_certificate(file):
    """The stake that signed, the total, and the operator set's digest."""
    operator_set, certificate = file.proof.operator_set, file.proof.certificate
    members, statement, signers = operator_set.members, certificate.statement, certificate.signers
    order = [member.signer for member in members]
    demand(order == sorted(set(order)), "members out of order")
    demand(len({member.key for member in members}) == len(members), "two members with one key")
    pinned = (statement.network, statement.service, statement.epoch, statement.operator_set)
    name = set_digest(operator_set)
    demand(pinned == (operator_set.network, operator_set.service, operator_set.epoch, name), "another operator set")
    demand(signers.size == len(members) and len(signers.bits) == (len(members) + 7) // 8, "signers do not fit")
    bits = int.from_bytes(signers.bits, "little")
    demand(bits < 1 << len(members), "a signer past the last member")
    signing = [member for place, member in enumerate(members) if bits >> place & 1]
    demand(len(signing) == len(certificate.signatures), "not one signature for each signer")
    signed, total = sum(member.weight for member in signing), sum(member.weight for member in members)
    threshold = operator_set.threshold
    demand(total < 1 << 64 and threshold.denominator > 0, "no such stake or threshold")
    demand(signed * threshold.denominator > total * threshold.numerator, "no quorum")
    message = statement_bytes(statement)
    for member, signature in zip(signing, certificate.signatures):
        demand(is_signed(member.key, message, signature), "a signature is not valid")
    return signed, total, name


def is_evidence(file):
    return type(file.proof).__name__ == "Evidence"


def status(data):
    """What `quorate verify` should end with."""
    try:
        file = read(data)
        check_evidence(file) if is_evidence(file) else check_certificate(file)
        return 0
    except Unreadable:
        return 2
    except Invalid:
        return 1
