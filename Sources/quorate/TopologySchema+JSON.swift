import Primitives
import Reports
import TopologyFormat

extension TopologySchema {
    /// As JSON Schema, draft 2020-12.
    var jsonSchema: JSONValue {
        .object(
            [
                ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
                ("title", .string("Quorate topology, version 1")),
            ] + members)
    }

    private var json: JSONValue { .object(members) }

    private var members: [(key: String, value: JSONValue)] {
        var members: [(key: String, value: JSONValue)] = [("description", .string(about))] + form.members
        if let standard { members.append(("default", form.literal(standard))) }
        return members
    }
}

extension TopologySchema.Form {
    fileprivate var members: [(key: String, value: JSONValue)] {
        switch self {
        // In quotes it is the same to the reader.
        case .words(["1"]): return [("enum", .array([.integer(1), .string("1")]))]
        case .words(["true", "false"]):
            return [("enum", .array([.bool(true), .bool(false), .string("true"), .string("false")]))]
        case .words(let words): return [("enum", .array(words.map(JSONValue.string)))]
        case .text(let pattern, let example):
            return [
                ("type", .string("string")), ("pattern", .string(pattern)), ("examples", .array([.string(example)])),
            ]
        case .freeText(let example):
            let types = ["string", "number", "boolean"].map(JSONValue.string)
            return [("type", .array(types)), ("examples", .array([.string(example)]))]
        // YAML takes a name of digits for a number.
        case .name:
            return [
                ("type", .array([.string("string"), .string("number")])),
                ("pattern", .string(TopologySchema.namePattern)),
            ]
        case .number(let range):
            return [
                ("type", .array([.string("integer"), .string("string")])), ("minimum", .unsigned(range.lowerBound)),
                ("maximum", .unsigned(range.upperBound)), ("pattern", .string("^[0-9]+$")),
            ]
        case .list(let element, let most):
            return [("type", Self.orNothing("array")), ("items", element.json)]
                + (most.map { [("maxItems", .integer(Int64($0)))] } ?? [])
        case .keys(let keys, let one):
            let required = keys.filter(\.isRequired).map { JSONValue.string($0.name) }
            var members: [(key: String, value: JSONValue)] = [
                ("type", required.isEmpty ? Self.orNothing("object") : .string("object")),
                ("properties", .object(keys.map { ($0.name, $0.value.json) })),
                ("additionalProperties", .bool(false)),
            ]
            if !required.isEmpty { members.append(("required", .array(required))) }
            if !one.isEmpty {
                members.append(
                    ("oneOf", .array(one.map { .object([("required", .array([.string($0)]))]) })))
            }
            return members
        case .named(let value, let isEmptyAllowed):
            return [
                ("type", isEmptyAllowed ? Self.orNothing("object") : .string("object")),
                ("propertyNames", .object([("pattern", .string(TopologySchema.namePattern))])),
                ("additionalProperties", value.json),
            ] + (isEmptyAllowed ? [] : [("minProperties", .integer(1))])
        case .map(let key, let value):
            return [
                ("type", Self.orNothing("object")), ("propertyNames", .object(key.members)),
                ("additionalProperties", value.json),
            ]
        case .either(let schemas): return [("anyOf", .array(schemas.map(\.json)))]
        }
    }

    /// A key with nothing after it is an empty list or mapping.
    private static func orNothing(_ type: String) -> JSONValue { .array([.string(type), .string("null")]) }

    fileprivate func literal(_ text: String) -> JSONValue {
        switch self {
        case .number: UInt64(text).map(JSONValue.unsigned) ?? .string(text)
        case .words(["true", "false"]): .bool(text == "true")
        default: .string(text)
        }
    }
}
