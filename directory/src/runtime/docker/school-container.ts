import { createHash } from 'node:crypto'
import { fingerprintOf } from '../fingerprint.ts'
import type { LogQuery, SchoolSpec } from '../school-runtime.ts'
import type { ContainerOptions, Labels, VolumeMount } from './engine-types.ts'

/** How everything of this installation is marked on the engine; nothing without these marks is ever touched. */
export const LABEL = {
  instance: 'org.usms.instance',
  school: 'org.usms.school',
  code: 'org.usms.code',
  release: 'org.usms.release',
  generation: 'org.usms.generation',
  fingerprint: 'org.usms.fingerprint',
  /** What a container is for that is not a school. */
  helper: 'org.usms.helper',
} as const

/** Where a school finds its secrets, one file each. */
export const SECRETS_DIR = '/run/secrets'
export const SCHOOL_UID = 1000
export const PUBLIC_PORT = 4100
const INTERNAL_PORT = 4101

const MB = 1024 * 1024

/** As Compose would name it, and as none of its own services is: there may be a school DEMO. */
export const containerNameOf = (instance: string, { code, generation }: SchoolSpec) =>
  `${instance}-school-${code.toLowerCase()}-${generation}`

/**
 * Named by what is in it: the labels of a volume cannot be changed, and one that is in use cannot be replaced, so other secrets are
 * another volume. It tells nothing about the secrets, every one of which is random and long.
 */
export const secretVolumeNameOf = (instance: string, { code, secrets }: SchoolSpec) =>
  `${instance}-${code.toLowerCase()}-secrets-${secretsFingerprintOf(secrets).slice(0, 12)}`

function secretsFingerprintOf(secrets: SchoolSpec['secrets']): string {
  const sorted = Object.entries(secrets).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 32)
}

/** Of whatever belongs to a school here. */
export const labelsOfSchool = (instance: string, { schoolId, code }: LogQuery): Labels => ({
  [LABEL.instance]: instance,
  [LABEL.school]: schoolId,
  [LABEL.code]: code,
  ...composeLabels(instance, code),
})

/** By these `docker compose logs` and `down --remove-orphans` know the schools of a project. */
const composeLabels = (instance: string, code: string): Labels => ({
  'com.docker.compose.project': instance,
  'com.docker.compose.service': `school-${code.toLowerCase()}`,
  'com.docker.compose.container-number': '1',
  'com.docker.compose.oneoff': 'False',
  'com.docker.compose.config-hash': 'usms',
})

export const secretVolumeLabelsOf = (instance: string, spec: SchoolSpec): Labels => ({
  [LABEL.instance]: instance,
  [LABEL.school]: spec.schoolId,
  [LABEL.code]: spec.code,
  [LABEL.fingerprint]: secretsFingerprintOf(spec.secrets),
})

/** How the secrets' volume is mounted; by its first mount the engine makes it. */
export const secretsMountOf = (
  instance: string,
  spec: SchoolSpec,
  { readOnly }: { readOnly: boolean },
): VolumeMount => ({
  Type: 'volume',
  Source: secretVolumeNameOf(instance, spec),
  Target: SECRETS_DIR,
  ReadOnly: readOnly,
  // What the image has at this place would be copied into a new volume.
  VolumeOptions: {
    NoCopy: true,
    Labels: { ...secretVolumeLabelsOf(instance, spec) },
    DriverConfig: { Name: 'local', Options: {} },
  },
})

/** What of an installation decides how a school's container is made. */
export interface ContainerPlace {
  instance: string
  /** The schools' network. */
  network: string
}

/** A school as a container: everything it may not do is taken from it here. */
export function schoolContainerOf(place: ContainerPlace, spec: SchoolSpec): ContainerOptions {
  const { instance, network } = place
  const { limits } = spec
  return {
    name: containerNameOf(instance, spec),
    Image: spec.release,
    User: `${SCHOOL_UID}:${SCHOOL_UID}`,
    Hostname: `school-${spec.code.toLowerCase()}`,
    Env: environmentOf(spec),
    Labels: {
      ...labelsOfSchool(instance, spec),
      [LABEL.release]: spec.release,
      [LABEL.generation]: String(spec.generation),
      [LABEL.fingerprint]: fingerprintOf(spec),
    },
    HostConfig: {
      // A program that is process 1 gets no signal that it does not handle, so it could not be stopped while it starts.
      Init: true,
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=16m,mode=1777' },
      Mounts: [secretsMountOf(instance, spec, { readOnly: true })],
      IpcMode: 'none',
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      Memory: limits.memoryMb * MB,
      // Together with swap: none besides.
      MemorySwap: limits.memoryMb * MB,
      NanoCpus: Math.round(limits.cpus * 1e9),
      PidsLimit: limits.pids,
      NetworkMode: network,
      // The engine's name server passes on what it does not know, which would be a way out: nobody answers there.
      // A name that is not known now, such as that of a PostgreSQL which is being started anew, must not take long either.
      Dns: ['127.0.0.1'],
      DnsOptions: ['timeout:1', 'attempts:1'],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      // Who runs is decided by the reconciler and the slots, not by the engine.
      RestartPolicy: { Name: 'no' },
    },
  }
}

function environmentOf({ code, settings, secrets, limits }: SchoolSpec): string[] {
  const environment = {
    ...settings,
    ...Object.fromEntries(
      Object.keys(secrets).map((name) => [`${name}_FILE`, `${SECRETS_DIR}/${name}`]),
    ),
    SCHOOL_CODE: code,
    HOST: '0.0.0.0',
    PORT: String(PUBLIC_PORT),
    // Reached from inside only: by the probe and the health check.
    INTERNAL_HOST: '127.0.0.1',
    INTERNAL_PORT: String(INTERNAL_PORT),
    NODE_OPTIONS: `--max-old-space-size=${limits.heapMb}`,
  }
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`)
}
