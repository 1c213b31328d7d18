import Authority
import Channels
import Gate
import Registry
import Storage
import Telemetry
import Tools
import Turns

/// The tools that agents may be given: those of the providers, of an agent's memory, and of a conversation's files.
struct Toolbox {
    let memory: MemoryDesk
    let files: FileDesk
    let bundled: ToolShelf
    let shelf: LiveShelf

    init(on ground: Ground, _ brokerage: Brokerage) {
        let store = ground.store
        memory = MemoryDesk(store: store, commits: store, payloads: ground.payloads, world: ground.world)
        let remembering = MemoryTools.all(memory)
        files = FileDesk(
            store: store, payloads: ground.payloads, channels: ServedChannels.files,
            transport: ChannelErrands(egress: brokerage.egress, connections: store, providers: ground.providers),
            world: ground.world,
            models: { [models = StoredModels(store: store)] in try await models.models(of: $0, in: $1) },
            refused: { [instruments = ground.instruments] in
                instruments.channels.add(1, [$0.rawValue, $1.rawValue])
            })
        let opening = FileTools.all(
            files,
            FileSender(
                store: store, payloads: ground.payloads, desk: files, carries: ServedChannels.carriesFiles))
        bundled = ManifestTools.shelf(
            of: ground.providers, and: remembering + opening,
            groups: [
                MemoryTools.group: remembering.map(\.spec.name), FileTools.group: opening.map(\.spec.name),
            ])
        shelf = LiveShelf(bundled)
    }
}
