import Glibc
import Records
import SystemPackage

extension RunDirectory {
    /// What its files take now, by their kinds. Whoever writes them goes on meanwhile.
    package var sizes: [FileUsage.Kind: UInt64] {
        var sizes: [FileUsage.Kind: UInt64] = [:]
        for directory in [records, ledger, path.appending("logs"), nodes] {
            for file in Self.files(in: directory) {
                let kind: FileUsage.Kind
                switch directory {
                case records: kind = .records
                case ledger: kind = .ledger
                case nodes: kind = file.string.contains(".guard") ? .guards : .configurations
                default: kind = .logs
                }
                sizes[kind, default: 0] += FileUsage.size(of: directory.appending(file)) ?? 0
            }
        }
        return sizes
    }

    private static func files(in directory: FilePath) -> [FilePath.Component] {
        guard let stream = opendir(directory.string) else { return [] }
        defer { closedir(stream) }
        var files: [FilePath.Component] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let component = FilePath.Component(name), component.kind == .regular { files.append(component) }
        }
        return files
    }
}
