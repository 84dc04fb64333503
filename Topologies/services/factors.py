#!/usr/bin/env python3
"""An AVS in Python: the prime factors of a whole number.

Reads one task a line from standard input, {"task": 17, "service": "factors", "payload": "91"}, and writes one answer a
line to standard output, {"task": 17, "result": "7 13"}. Asked to validate a result, it multiplies instead of dividing.
"""

import json
import sys

LARGEST = 2**40


def factors(number):
    found = []
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            found.append(divisor)
            number //= divisor
        divisor += 1
    if number > 1:
        found.append(number)
    return found


def execute(payload):
    number = int(payload)
    if not 1 <= number <= LARGEST:
        raise ValueError(f"{number} is not within 1 to {LARGEST}")
    return " ".join(str(factor) for factor in factors(number))


def validate(payload, result):
    product = 1
    for factor in result.split():
        product *= int(factor)
    return product == int(payload)


def answer(request):
    if "validate" in request:
        return {"task": request["validate"], "valid": validate(request["payload"], request["result"])}
    try:
        return {"task": request["task"], "result": execute(request["payload"])}
    except ValueError as error:
        return {"task": request["task"], "error": str(error)}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
