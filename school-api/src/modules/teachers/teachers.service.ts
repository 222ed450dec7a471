import { notFound } from '@usms/service-kit/errors/app-error'
import { fromDate, toDateOrNull } from '@usms/service-kit/http/fields'
import { type ExpectedVersions, requireVersion } from '@usms/service-kit/http/if-match'
import { type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import type { Db, DbOrTx } from '#src/db.ts'
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
import { insertPerson, updatePerson } from '#src/modules/users/write-person.ts'
import { TEACHERS, type TeacherRow, teaches } from './teachers.queries.ts'
import type {
  CreatedTeacherAnswer,
  TeacherAnswer,
  TeacherBody,
  TeacherList,
  TeacherPatch,
} from './teachers.schema.ts'

interface TeachersDeps {
  db: Db
  audit: Audit
  issueInvite: IssueInvite
}

export interface TeachersService {
  /** Teachers themselves find only themselves. */
  list(actor: Actor, query: TeacherList): Promise<Page<TeacherAnswer>>
  read(actor: Actor, id: string): Promise<TeacherAnswer>
  create(actor: Actor, body: TeacherBody): Promise<CreatedTeacherAnswer>
  /** @throws AppError 412 `version_mismatch` */
  update(
    actor: Actor,
    id: string,
    patch: TeacherPatch,
    expected?: ExpectedVersions,
  ): Promise<TeacherAnswer>
}

export function createTeachersService({ db, audit, issueInvite }: TeachersDeps): TeachersService {
  return {
    async list(actor, query) {
      const conditions = [
        hasRole('TEACHER'),
        ...(actor.scope === 'all' ? [] : [hasId(actor.userId)]),
        ...(query.sectionId ? [teaches(query.sectionId, actor.today)] : []),
        ...matching(query),
      ]
      const { rows, total } = await findPeople<TeacherRow>(db, TEACHERS, conditions, query)
      return toPage(rows, { limit: query.limit, keyOf: keyOfPerson, toItem: toTeacher, total })
    },

    async read(actor, id) {
      if (actor.scope !== 'all' && id !== actor.userId) throw notFound('teacher')
      const teacher = await readTeacher(db, id)
      if (id !== actor.userId)
        await audit.record(db, actor, {
          action: 'teacher.read',
          subjectType: 'user',
          subjectIds: [id],
        })
      return teacher
    },

    create: (actor, { teacherCode, hireDate, ...person }) =>
      db.$transaction(async (tx) => {
        const { id } = await insertPerson(tx, 'TEACHER', person)
        await tx.teacherProfile.create({
          data: { userId: id, ...toProfile({ teacherCode, hireDate }) },
          select: { userId: true },
        })
        await audit.record(tx, actor, {
          action: 'teacher.create',
          subjectType: 'user',
          subjectIds: [id],
        })
        const invite = await issueInvite(tx, actor, { id, role: 'TEACHER' })
        return { ...(await readTeacher(tx, id)), invite }
      }),

    update: (actor, id, { teacherCode, hireDate, ...person }, expected) =>
      db.$transaction(async (tx) => {
        const user = await lockUser(tx, id)
        if (user?.role !== 'TEACHER') throw notFound('teacher')
        requireVersion(user.version, expected)
        const profile = toProfile({ teacherCode, hireDate })
        const fields = [...Object.keys(person), ...Object.keys(profile)]
        if (fields.length > 0) {
          await updatePerson(tx, id, person)
          await tx.teacherProfile.updateMany({ where: { userId: id }, data: profile })
          await audit.record(tx, actor, {
            action: 'teacher.update',
            subjectType: 'user',
            subjectIds: [id],
            fields,
          })
        }
        return readTeacher(tx, id)
      }),
  }
}

/** The columns that are named in the request. */
const toProfile = ({ teacherCode, hireDate }: Pick<TeacherPatch, 'teacherCode' | 'hireDate'>) => ({
  ...(teacherCode !== undefined && { teacherCode }),
  ...(hireDate !== undefined && { hireDate: hireDate === null ? null : fromDate(hireDate) }),
})

async function readTeacher(db: DbOrTx, id: string): Promise<TeacherAnswer> {
  const row = await findPerson<TeacherRow>(db, TEACHERS, [hasId(id), hasRole('TEACHER')])
  if (!row) throw notFound('teacher')
  return toTeacher(row)
}

const toTeacher = (row: TeacherRow): TeacherAnswer => ({
  ...toPerson(row),
  teacherCode: row.teacherCode,
  hireDate: toDateOrNull(row.hireDate),
})
