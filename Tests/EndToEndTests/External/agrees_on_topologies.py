"""Holds the published schema of topologies to the program that reads them.

Usage: agrees_on_topologies.py QUORATE VARIED... -- TOPOLOGY...

All must be sound to both. From each of those to be varied hundreds of others are made by changing one thing. What the
schema refuses the program must refuse too; an unknown key both must refuse, in whatever mapping. Values are those of YAML
1.2's core schema, as editors read them.
"""

import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import yaml


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2: `on` is text, and so is `2026-01-01`."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
]:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), [*first, ""])
STRANGE = ["zzzzzzzz", 7, 1.5, True, None, [], ["zzzzzzzz"], {}, {"zzzzzzzz": 1}, "", "task 3", "2s", "5%", "all", "300 SOL"]


def with_text_keys(value):
    if isinstance(value, dict):
        return {str(key): with_text_keys(each) for key, each in value.items()}
    return [with_text_keys(each) for each in value] if isinstance(value, list) else value


def places(value, path=()):
    """Every place of a document, as the keys that lead there."""
    yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []:
        yield from places(value[key], (*path, key))


def at(document, path):
    for key in path:
        document = document[key]
    return document


def changed(document, path, change):
    result = copy.deepcopy(document)
    change(at(result, path[:-1]), path[-1])
    return result


def put(value):
    return lambda parent, key: parent.__setitem__(key, value)


def variants(document):
    for path in places(document):
        value = at(document, path)
        if path:
            yield "changed", changed(document, path, lambda parent, key: parent.__delitem__(key))
            for strange in STRANGE:
                yield "changed", changed(document, path, put(strange))
        if isinstance(value, dict):
            more = {**value, "zzzzzzzz": 1}
            yield "unknown key", changed(document, path, put(more)) if path else more


def main(quorate, varied, others):
    schema = json.loads(subprocess.run([quorate, "topology", "schema"], check=True, capture_output=True).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    folder = Path("variants")
    folder.mkdir()
    # Programs are looked for from where a topology lies.
    (folder / "services").symlink_to(Path(others[0]).resolve().parent / "services")
    made = {}

    def make(kind, document):
        name = folder / f"{len(made)}.yaml"
        # JSON is YAML.
        name.write_text(json.dumps(document))
        made[str(name)] = (kind, document, next(validator.iter_errors(document), None))

    for file in varied + others:
        document = with_text_keys(yaml.load(Path(file).read_text(), CoreLoader))
        make("sound", document)
        for kind, variant in variants(document) if file in varied else []:
            make(kind, variant)
    checked = subprocess.run([quorate, "topology", "check", *made], capture_output=True, text=True)
    assert checked.returncode in (0, 2), checked
    accepted = {line.split(": ok: ")[0] for line in checked.stdout.splitlines()}
    refused = 0
    for name, (kind, read, refusal) in made.items():
        shown = f"{kind}: {json.dumps(read)}: {refusal and refusal.message}"
        if kind == "sound":
            assert not refusal and name in accepted, shown
        if kind == "unknown key":
            assert refusal and name not in accepted, shown
        assert not (refusal and name in accepted), f"the schema alone refuses {shown}"
        refused += bool(refusal)
    assert refused > 100 and len(accepted) > len(varied + others), "the variants say nothing"
    print(f"{len(made)} topologies, {len(accepted)} of them sound, {refused} refused by both")


split = sys.argv.index("--")
main(sys.argv[1], sys.argv[2:split], sys.argv[split + 1 :])
