"""Reads a JUnit file as a CI service would, with a library that is not Quorate's.

Usage: reads_junit.py QUORATE FILE
Prints a line for each test case, sorted, and then the suite's own counts, which must be those of its cases.
"""

import sys

from junitparser import Error, Failure, JUnitXml, Skipped


def outcome(case):
    return f"{type(case.result[0]).__name__} {case.result[0].type}" if case.result else "passed"


document = JUnitXml.fromfile(sys.argv[2])
(suite,) = document
cases = list(suite)
counts = [
    sum(any(isinstance(result, kind) for result in case.result) for case in cases)
    for kind in (Failure, Error, Skipped)
]
assert [suite.tests, suite.failures, suite.errors, suite.skipped] == [len(cases), *counts], "the counts are wrong"
assert suite.time >= 0 and suite.timestamp
for line in sorted(f"{case.classname} {case.name}: {outcome(case)}" for case in cases):
    print(line)
print(f"{suite.tests} tests, {suite.failures} failures, {suite.errors} errors, {suite.skipped} skipped")
