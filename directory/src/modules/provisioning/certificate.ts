import type { ObservedSchool } from '#src/platform/postgres-admin.ts'
import { schoolNames } from '#src/platform/school-names.ts'
import type { Removed } from '#src/runtime/school-runtime.ts'

/** What the owner is given: it outlives everything else of the school, and names nobody. */
export interface Certificate {
  schoolId: string
  code: string
  name: string
  /** The owner's id; null for work that no owner asked for. */
  requestedBy: string | null
  archivedAt: string | null
  erasedAt: string
  removed: Removed[]
  verified: { what: string; found: number }[]
  notes: string[]
}

/** What may still hold something of the school. */
interface Remains {
  cluster: ObservedSchool
  /** Of the runtime. */
  belongings: readonly Removed[]
  secrets: number
  /** Rows of the directory that would still say something. */
  records: number
}

export function certificateOf(
  school: { id: string; code: string },
  facts: Pick<Certificate, 'requestedBy' | 'archivedAt' | 'removed'> & {
    erasedAt: Date
    /** Tables whose files still hold deleted rows. */
    notRewritten: readonly string[]
  },
  { cluster, belongings, secrets, records }: Remains,
): Certificate {
  const { database, role } = schoolNames(school.code)
  return {
    schoolId: school.id,
    code: school.code,
    name: school.code,
    requestedBy: facts.requestedBy,
    archivedAt: facts.archivedAt,
    erasedAt: facts.erasedAt.toISOString(),
    removed: facts.removed,
    verified: [
      { what: `database ${database}`, found: Number(cluster.databaseExists) },
      { what: `role ${role}`, found: Number(cluster.roleExists) },
      { what: 'sealed secrets', found: secrets },
      { what: 'containers, processes, volumes and folders', found: belongings.length },
      { what: 'records that name somebody', found: records },
    ],
    notes: [
      NOT_COVERED,
      ...(facts.notRewritten.length > 0
        ? [
            `The files of these tables were in use and may hold deleted rows until they are vacuumed: ${facts.notRewritten.join(', ')}.`,
          ]
        : []),
    ],
  }
}

const NOT_COVERED =
  'Not covered: copies outside this installation (backups, standby servers, collected logs), the write-ahead log of PostgreSQL until ' +
  'its segments are overwritten, and blocks that the file system has freed.'
