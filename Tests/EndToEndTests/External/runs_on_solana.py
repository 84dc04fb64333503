"""Usage: runs_on_solana.py QUORATE EVIDENCE...

Exports each piece of evidence for Solana and executes it, and what is made from it by some change, in transactions on
Solana's own runtime. Ends with a line for each file, or at the first mistake with status 1."""

import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message
from solders.pubkey import Pubkey
from solders.transaction import Transaction
from solders.transaction_metadata import TransactionMetadata
from solders.transaction_status import TransactionErrorInstructionError

from agrees_with_quorate import flipped, malleated

LIMIT = 1232
"""Bytes that a serialized transaction may have."""
SIGNATURE_SIZE = 64
OFFSETS = struct.Struct("<7H")
START = 2
THIS_INSTRUCTION = 0xFFFF


def mistake(text):
    sys.exit(f"runs_on_solana.py: {text}")


def demand(condition, text):
    if not condition:
        mistake(text)


class Solana:
    def __init__(self):
        self.runtime = LiteSVM()

    def execute(self, program, data):
        """The serialized transaction, and why the instruction failed; None where it did not."""
        payer = Keypair()
        self.runtime.airdrop(payer.pubkey(), 10**9)
        message = Message([Instruction(program, data, [])], payer.pubkey())
        transaction = Transaction([payer], message, self.runtime.latest_blockhash())
        result = self.runtime.send_transaction(transaction)
        if isinstance(result, TransactionMetadata):
            return bytes(transaction), None
        demand(isinstance(result.err(), TransactionErrorInstructionError), f"failed for another reason: {result.err()}")
        return bytes(transaction), result.err()


def layout(data):
    """Where key, signatures and messages lie, by the offsets that the instruction itself gives."""
    demand(data[:2] == b"\x02\x00", "not two signatures")
    parts = [OFFSETS.unpack_from(data, START + place * OFFSETS.size) for place in range(2)]
    for _, of_signature, _, of_key, _, _, of_message in parts:
        demand({of_signature, of_key, of_message} == {THIS_INSTRUCTION}, "not this instruction")
    demand(parts[0][2] == parts[1][2], "two keys")
    end = max(offset + size for _, _, _, _, offset, size, _ in parts)
    demand(end == len(data), "not as long as its parts")
    return parts[0][2], [part[0] for part in parts], [(part[4], part[5]) for part in parts]


def replaced(data, offset, part):
    return data[:offset] + part + data[offset + len(part) :]


def changes(data):
    key, signatures, messages = layout(data)
    other = bytes(Keypair().pubkey())
    yield "another's key", replaced(data, key, other)
    for offset in signatures:
        signature = data[offset : offset + SIGNATURE_SIZE]
        yield "a malleated signature", replaced(data, offset, malleated(signature))
        yield "no signature", replaced(data, offset, bytes(SIGNATURE_SIZE))
    for offset, size in messages:
        yield "an altered message", replaced(data, offset + size - 32, bytes(32))
    yield "signatures exchanged", replaced(
        data, signatures[0], data[signatures[1] :][:SIGNATURE_SIZE] + data[signatures[0] :][:SIGNATURE_SIZE]
    )
    # Behind the offsets everything counts: of each byte, another bit.
    for place in range(START + 2 * OFFSETS.size, len(data)):
        yield f"a bit flipped in byte {place}", flipped(data, 8 * place + place % 8)


def check(quorate, solana, path, directory):
    file = Path(directory) / "evidence.ed25519"
    exported = subprocess.run(
        [quorate, "export", path, "--solana", "--output", str(file)], capture_output=True, text=True, check=False
    )
    demand(exported.returncode == 0, f"{path}: status {exported.returncode} of the export: {exported.stderr}")
    data = file.read_bytes()
    told = dict(re.findall(r"^(\S+) +(.*)$", exported.stdout, re.MULTILINE))
    program = Pubkey.from_string(told["program"])

    transaction, failure = solana.execute(program, data)
    demand(failure is None, f"{path}: fails with {failure}")
    size, room = len(transaction), LIMIT - len(transaction)
    demand(size < LIMIT, f"{path}: a transaction of {size} bytes")
    demand(told["instruction"].startswith(f"{len(data)} bytes"), f"{path}: {len(data)} bytes, not as told")
    demand(told["transaction"].startswith(f"{size} bytes"), f"{path}: a transaction of {size} bytes, not as told")
    demand(told["transaction"].endswith(f" {room} are left"), f"{path}: room of {room} bytes, not as told")

    count = 0
    for what, changed in changes(data):
        count += 1
        demand(changed != data and len(changed) == len(data), f"{path}: {what}: nothing changed")
        demand(solana.execute(program, changed)[1] is not None, f"{path}: {what}: succeeds all the same")
    print(f"{Path(path).name}: transaction of {size} bytes, {room} left; {count} changes, each fails")


def main():
    quorate, *paths = sys.argv[1:]
    demand(paths, "no evidence given")
    solana = Solana()
    with tempfile.TemporaryDirectory() as directory:
        for path in paths:
            check(quorate, solana, path, directory)


if __name__ == "__main__":
    main()
