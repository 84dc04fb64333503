/// A value of a YAML document and where it stands: all that the reading of a topology sees of YAML.
struct SourceNode {
    var position: SourcePosition
    var content: Content

    enum Content {
        case scalar(String)
        case sequence([SourceNode])
        case mapping([Entry])
        /// A key with nothing after it: an empty list, an empty mapping, or a missing value, as its reader likes.
        case empty
        /// Already reported; readers pass over it in silence.
        case mistaken
    }

    struct Entry {
        var key: String
        var keyPosition: SourcePosition
        var value: SourceNode
    }
}
