import Testing

/// Whole networks of real processes, one after the other: several at once would starve each other on a small machine.
@Suite(.serialized) enum EndToEnd {}
