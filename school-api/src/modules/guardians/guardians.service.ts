import { notFound, unprocessable } from '@usms/service-kit/errors/app-error'
import { type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import type { Db, DbOrTx } from '#src/db.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type { IssueInvite } from '#src/modules/invites/issue-invite.ts'
import {
  findPeople,
  findPerson,
  hasId,
  hasRole,
  keyOfPerson,
  lockUser,
  matching,
} from '#src/modules/users/people.queries.ts'
import { toPerson } from '#src/modules/users/user-fields.ts'
import { insertPerson } from '#src/modules/users/write-person.ts'
import {
  GUARDIANS,
  type GuardianOfStudentRow,
  type GuardianRow,
  guardiansOf,
  studentsAmong,
} from './guardians.queries.ts'
import type {
  CreatedGuardianAnswer,
  GuardianAnswer,
  GuardianBody,
  GuardianLinkAnswer,
  GuardianLinkBody,
  GuardianList,
  GuardianOfStudentAnswer,
  GuardianOfStudentList,
} from './guardians.schema.ts'

interface GuardiansDeps {
  db: Db
  audit: Audit
  issueInvite: IssueInvite
}

export interface GuardiansService {
  list(query: GuardianList): Promise<Page<GuardianAnswer>>
  read(actor: Actor, id: string): Promise<GuardianAnswer>
  /** @throws AppError 422 `not_a_student`, naming each id that is none */
  create(actor: Actor, body: GuardianBody): Promise<CreatedGuardianAnswer>
  listOf(
    actor: Actor,
    studentUserId: string,
    query: GuardianOfStudentList,
  ): Promise<Page<GuardianOfStudentAnswer>>
  /** @throws AppError 422 `not_a_guardian`, 409 `already_linked` */
  link(actor: Actor, studentUserId: string, body: GuardianLinkBody): Promise<GuardianLinkAnswer>
  /** The parent loses sight of the child at once. */
  unlink(actor: Actor, studentUserId: string, guardianUserId: string): Promise<void>
}

export function createGuardiansService({
  db,
  audit,
  issueInvite,
}: GuardiansDeps): GuardiansService {
  return {
    async list(query) {
      const conditions = [hasRole('PARENT'), ...matching(query)]
      const { rows, total } = await findPeople<GuardianRow>(db, GUARDIANS, conditions, query)
      return toPage(rows, { limit: query.limit, keyOf: keyOfPerson, toItem: toGuardian, total })
    },

    async read(actor, id) {
      const guardian = await readGuardian(db, id)
      await audit.record(db, actor, {
        action: 'guardian.read',
        subjectType: 'user',
        subjectIds: [id],
      })
      return guardian
    },

    create: (actor, { studentUserIds = [], relationship = null, ...person }) =>
      db.$transaction(async (tx) => {
        await refuseOthersThanStudents(tx, studentUserIds)
        const { id } = await insertPerson(tx, 'PARENT', person)
        await tx.guardianLink.createMany({
          data: studentUserIds.map((studentUserId) => ({
            guardianUserId: id,
            studentUserId,
            relationship,
          })),
        })
        await audit.record(tx, actor, {
          action: 'guardian.create',
          subjectType: 'user',
          subjectIds: [id, ...studentUserIds],
        })
        const invite = await issueInvite(tx, actor, { id, role: 'PARENT' })
        return { ...(await readGuardian(tx, id)), invite }
      }),

    async listOf(actor, studentUserId, query) {
      await mustBeStudent(db, studentUserId)
      const { rows, total } = await findPeople<GuardianOfStudentRow>(
        db,
        guardiansOf(studentUserId),
        [],
        query,
      )
      await audit.record(db, actor, {
        action: 'guardian.read',
        subjectType: 'user',
        subjectIds: [...rows.slice(0, query.limit).map((row) => row.id), studentUserId],
      })
      return toPage(rows, {
        limit: query.limit,
        keyOf: keyOfPerson,
        toItem: (row) => ({
          ...toPerson(row),
          guardianUserId: row.id,
          relationship: row.relationship,
        }),
        total,
      })
    },

    link: (actor, studentUserId, { guardianUserId, relationship = null }) =>
      db.$transaction(async (tx) => {
        await mustBeStudent(tx, studentUserId)
        const guardian = await lockUser(tx, guardianUserId)
        if (guardian?.role !== 'PARENT')
          throw unprocessable('not_a_guardian', 'This account is not one of a guardian', {
            issues: [{ path: 'guardianUserId', message: 'is not the id of a guardian' }],
          })
        const row = await tx.guardianLink.create({
          data: { studentUserId, guardianUserId, relationship },
        })
        await audit.record(tx, actor, {
          action: 'guardian.link',
          subjectType: 'user',
          subjectIds: [guardianUserId, studentUserId],
        })
        return { ...row, createdAt: row.createdAt.toISOString() }
      }),

    unlink: (actor, studentUserId, guardianUserId) =>
      db.$transaction(async (tx) => {
        const { count } = await tx.guardianLink.deleteMany({
          where: { studentUserId, guardianUserId },
        })
        if (count === 0) throw notFound('guardian of this student')
        await audit.record(tx, actor, {
          action: 'guardian.unlink',
          subjectType: 'user',
          subjectIds: [guardianUserId, studentUserId],
        })
      }),
  }
}

async function mustBeStudent(db: DbOrTx, id: string) {
  if (!(await studentsAmong(db, [id])).has(id)) throw notFound('student')
}

async function refuseOthersThanStudents(tx: Prisma.TransactionClient, ids: readonly string[]) {
  const students = await studentsAmong(tx, ids)
  const issues = ids.flatMap((id, i) =>
    students.has(id)
      ? []
      : [{ path: `studentUserIds.${i}`, message: 'is not the id of a student' }],
  )
  if (issues.length > 0)
    throw unprocessable('not_a_student', 'Guardians are linked to students', { issues })
}

async function readGuardian(db: DbOrTx, id: string): Promise<GuardianAnswer> {
  const row = await findPerson<GuardianRow>(db, GUARDIANS, [hasId(id), hasRole('PARENT')])
  if (!row) throw notFound('guardian')
  return toGuardian(row)
}

const toGuardian = (row: GuardianRow): GuardianAnswer => ({
  ...toPerson(row),
  children: row.children,
})
