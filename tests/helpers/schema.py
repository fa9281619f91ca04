# SPDX-License-Identifier: GPL-2.0-or-later
"""schema.py SCHEMA: holds each line of standard input, a JSON value, against a JSON Schema, in
which a member that is not described counts as a fault. Prints the faults; status 1 with any."""
import json
import sys

from jsonschema import Draft202012Validator


def close(schema, is_branch=False):
    """Refuses undescribed members; those of a branch are the whole's to refuse."""
    if isinstance(schema, list):
        for item in schema:
            close(item)
    elif isinstance(schema, dict):
        for name, item in schema.items():
            if name == "$defs":
                for key, value in item.items():
                    close(value, key in ("started", "failed"))
            else:
                close(item)
        if isinstance(schema.get("properties"), dict) and "type" in schema and not is_branch:
            schema["unevaluatedProperties"] = False


with open(sys.argv[1], encoding="ascii") as file:
    description = json.load(file)
Draft202012Validator.check_schema(description)
close(description)
count = faults = 0
for line in sys.stdin:
    count += 1
    for error in Draft202012Validator(description).iter_errors(json.loads(line)):
        faults += 1
        print(f"line {count}: {error.json_path}: {error.message[:300]}")
if not count:
    print("no line")
sys.exit(1 if faults or not count else 0)
