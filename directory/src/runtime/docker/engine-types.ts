export type Labels = Readonly<Record<string, string>>

/** What we say of a container that is to be made, in the engine's words. */
export interface ContainerOptions {
  name: string
  Image: string
  Labels: Record<string, string>
  Cmd?: string[]
  User?: string
  Hostname?: string
  Env?: string[]
  HostConfig: {
    NetworkMode: string
    Mounts: VolumeMount[]
    Init?: boolean
    ReadonlyRootfs?: boolean
    Tmpfs?: Record<string, string>
    IpcMode?: string
    CapDrop?: string[]
    SecurityOpt?: string[]
    /** Bytes. */
    Memory?: number
    /** Bytes, of memory and swap together. */
    MemorySwap?: number
    NanoCpus?: number
    PidsLimit?: number
    Dns?: string[]
    DnsOptions?: string[]
    LogConfig?: { Type: string; Config: Record<string, string> }
    RestartPolicy?: { Name: string }
  }
}

export interface VolumeMount {
  Type: 'volume'
  Source: string
  Target: string
  ReadOnly: boolean
  VolumeOptions: {
    NoCopy: boolean
    Labels: Record<string, string>
    DriverConfig: { Name: string; Options: Record<string, string> }
  }
}

/** A line of the engine's list of containers. */
export interface ListedContainer {
  id: string
  name: string
  labels: Labels
  /** created, running, exited, … */
  state: string
}

export interface ContainerFacts extends ListedContainer {
  running: boolean
  /** As the engine writes it: tells one run of a container from the next. */
  startedAt: string
  exitCode: number
  outOfMemory: boolean
  /** Why it could not be started; empty otherwise. */
  error: string
  /** By its own health check: starting, healthy, unhealthy; undefined where it has none. */
  health: string | undefined
  /** IP addresses by network. */
  addresses: Readonly<Record<string, string>>
}

export interface ImageFacts {
  id: string
  labels: Labels
  /** Repository and tag. */
  tags: readonly string[]
  /** Repository and digest, of what came from a registry. */
  digests: readonly string[]
}

export interface ContainerEvent {
  action: string
  id: string
  labels: Labels
}

export interface LogOptions {
  /** How many of the newest lines; all without it. */
  lines?: number
  /** None from before; by the engine's clock. */
  since?: Date
  /** With the time at which each was written in front. */
  withTimes?: boolean
}

/** All that we ask of a Docker Engine. Everything throws EngineError. */
export interface Engine {
  inspectImage(reference: string): Promise<ImageFacts>
  pullImage(reference: string): Promise<void>
  /** Names an image that is here. */
  tagImage(reference: string, repository: string, tag: string): Promise<void>
  /** @returns the digest that a registry has under this reference */
  readDigest(reference: string): Promise<string>
  /** All with these labels, stopped ones too. */
  listContainers(labels: Labels): Promise<ListedContainer[]>
  inspectContainer(id: string): Promise<ContainerFacts>
  /** @returns its id */
  createContainer(options: ContainerOptions): Promise<string>
  startContainer(id: string): Promise<void>
  /** Resolves when it is stopped, or is not there. By force after `graceMs`, in whole seconds. */
  stopContainer(id: string, graceMs: number): Promise<void>
  /** By force; one that is not there is removed already. @returns whether it was there */
  removeContainer(id: string): Promise<boolean>
  /** Unpacks a tar archive inside a container, running or not. */
  putArchive(id: string, path: string, archive: Buffer): Promise<void>
  readLogs(id: string, options: LogOptions): Promise<string[]>
  /** Calls back with every line until the container ends. @returns ends it; `over` when there is no more */
  followLogs(
    id: string,
    options: LogOptions,
    onLine: (line: string) => void,
  ): { over: Promise<void>; close(): void }
  /** Runs a program inside a container. */
  exec(
    id: string,
    command: string[],
    signal: AbortSignal,
  ): Promise<{ exitCode: number; output: string }>
  /**
   * Calls back with what happens to containers with these labels, from `since` on.
   * @returns when the engine answers; `over` settles when the stream ends, however that comes
   */
  openEvents(
    labels: Labels,
    since: Date,
    onEvent: (event: ContainerEvent) => void,
  ): Promise<{ over: Promise<void>; close(): void }>
  listVolumes(labels: Labels): Promise<{ name: string; labels: Labels }[]>
  /** @returns whether it was there */
  removeVolume(name: string): Promise<boolean>
  inspectNetwork(name: string): Promise<{ internal: boolean }>
}
