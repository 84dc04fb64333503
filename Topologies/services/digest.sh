#!/bin/sh
# An AVS in shell, with nothing but coreutils and sed: the SHA-256 digest of a text.
#
# Reads one task a line, {"task": 17, "service": "digests", "payload": "hello"}, and answers one line,
# {"task": 17, "result": "2cf24dba..."}.
#
# It takes the line apart as text, which is right only for payloads without quotes, backslashes and control characters:
# those stand escaped in JSON. It refuses them. A service that needs them needs a JSON library.

while IFS= read -r line; do
    task=$(printf '%s\n' "$line" | sed -n 's/^{"task": \([0-9]*\), .*/\1/p')
    payload=${line#*'"payload": "'}
    payload=${payload%'"}'}
    case $payload in
        *\\* | *\"*) printf '{"task": %s, "error": "a payload without quotes and backslashes, please"}\n' "$task" ;;
        *)
            digest=$(printf '%s' "$payload" | sha256sum | cut -c 1-64)
            printf '{"task": %s, "result": "%s"}\n' "$task" "$digest"
            ;;
    esac
done
