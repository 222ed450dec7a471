import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import type { Db } from '#src/db.ts'
import { structureOf } from './structure.queries.ts'
import { structure } from './structure.schema.ts'

export const structureRoutes = ({ db }: { db: Db }): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/structure',
    summary: 'Years, grades, sections, subjects, rooms and teachers on one screen',
    // It names every teacher, also those who left.
    access: 'users.read',
    response: structure,
    handle: ({ actor }) => structureOf(db, actor.today),
  }),
]
