import { notFound } from '@usms/service-kit/errors/app-error'
import { fromDate, toDateOrNull } from '@usms/service-kit/http/fields'
import { type ExpectedVersions, requireVersion } from '@usms/service-kit/http/if-match'
import { type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import { reachOf } from '#src/auth/reach.ts'
import type { Db, DbOrTx } from '#src/db.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type { IssueInvite } from '#src/modules/invites/issue-invite.ts'
import {
  findPeople,
  findPerson,
  hasId,
  hasIdIn,
  hasRole,
  keyOfPerson,
  lockUser,
  matching,
} from '#src/modules/users/people.queries.ts'
import { toPerson } from '#src/modules/users/user-fields.ts'
import { insertPerson, updatePerson } from '#src/modules/users/write-person.ts'
import {
  isInSection,
  isNotEnrolledIn,
  isStudentWithin,
  studentIdsWithin,
  type StudentRow,
  studentsOn,
} from './students.queries.ts'
import type {
  CreatedStudentAnswer,
  StudentAnswer,
  StudentBody,
  StudentList,
  StudentPatch,
} from './students.schema.ts'

interface StudentsDeps {
  db: Db
  audit: Audit
  issueInvite: IssueInvite
}

export interface StudentsService {
  /** Teachers find pupils of sections taught, parents their children, students themselves. */
  list(actor: Actor, query: StudentList): Promise<Page<StudentAnswer>>
  read(actor: Actor, id: string): Promise<StudentAnswer>
  create(actor: Actor, body: StudentBody): Promise<CreatedStudentAnswer>
  /** @throws AppError 412 `version_mismatch` */
  update(
    actor: Actor,
    id: string,
    patch: StudentPatch,
    expected?: ExpectedVersions,
  ): Promise<StudentAnswer>
}

export function createStudentsService({ db, audit, issueInvite }: StudentsDeps): StudentsService {
  return {
    async list(actor, query) {
      const ids = await studentIdsWithin(db, await reachOf(db, actor), actor)
      const conditions = [
        hasRole('STUDENT'),
        ...(ids ? [hasIdIn(ids)] : []),
        ...(query.sectionId ? [isInSection(query.sectionId, actor.today)] : []),
        ...(query.notEnrolledIn ? [isNotEnrolledIn(query.notEnrolledIn, actor.today)] : []),
        ...matching(query),
      ]
      const { rows, total } = await findPeople<StudentRow>(
        db,
        studentsOn(actor.today),
        conditions,
        query,
      )
      return toPage(rows, { limit: query.limit, keyOf: keyOfPerson, toItem: toStudent, total })
    },

    async read(actor, id) {
      if (!(await isStudentWithin(db, await reachOf(db, actor), actor, id)))
        throw notFound('student')
      const student = await readStudent(db, actor, id)
      if (actor.scope === 'all' || actor.scope === 'taught')
        await audit.record(db, actor, {
          action: 'student.read',
          subjectType: 'user',
          subjectIds: [id],
        })
      return student
    },

    create: (actor, { admissionNo, dob, ...person }) =>
      db.$transaction(async (tx) => {
        const { id } = await insertPerson(tx, 'STUDENT', person)
        await tx.studentProfile.create({
          data: { userId: id, ...toProfile({ admissionNo, dob }) },
          select: { userId: true },
        })
        await audit.record(tx, actor, {
          action: 'student.create',
          subjectType: 'user',
          subjectIds: [id],
        })
        const invite = await issueInvite(tx, actor, { id, role: 'STUDENT' })
        return { ...(await readStudent(tx, actor, id)), invite }
      }),

    update: (actor, id, { admissionNo, dob, ...person }, expected) =>
      db.$transaction(async (tx) => {
        const user = await lockUser(tx, id)
        if (user?.role !== 'STUDENT') throw notFound('student')
        requireVersion(user.version, expected)
        const profile = toProfile({ admissionNo, dob })
        const fields = [...Object.keys(person), ...Object.keys(profile)]
        if (fields.length > 0) {
          await updatePerson(tx, id, person)
          await tx.studentProfile.updateMany({ where: { userId: id }, data: profile })
          await audit.record(tx, actor, {
            action: 'student.update',
            subjectType: 'user',
            subjectIds: [id],
            fields,
          })
        }
        return readStudent(tx, actor, id)
      }),
  }
}

/** The columns that are named in the request. */
const toProfile = ({ admissionNo, dob }: Pick<StudentPatch, 'admissionNo' | 'dob'>) => ({
  ...(admissionNo !== undefined && { admissionNo }),
  ...(dob !== undefined && { dob: dob === null ? null : fromDate(dob) }),
})

async function readStudent(db: DbOrTx, actor: Actor, id: string): Promise<StudentAnswer> {
  const conditions = [hasId(id), hasRole('STUDENT')]
  const row = await findPerson<StudentRow>(db, studentsOn(actor.today), conditions)
  if (!row) throw notFound('student')
  return toStudent(row)
}

const toStudent = (row: StudentRow): StudentAnswer => ({
  ...toPerson(row),
  admissionNo: row.admissionNo,
  dob: toDateOrNull(row.dob),
  guardians: row.guardians,
  currentEnrollment: row.currentEnrollment,
})
