import type { GuardianAnswer } from '@usms/school-api/modules/guardians/guardians.schema'
import type { StudentAnswer } from '@usms/school-api/modules/students/students.schema'
import type { TeacherAnswer } from '@usms/school-api/modules/teachers/teachers.schema'
import type { UserAnswer } from '@usms/school-api/modules/users/users.schema'

/** The four lists of the office, each a resource of the API. */
export const KINDS = ['students', 'teachers', 'guardians', 'staff'] as const
export type Kind = (typeof KINDS)[number]

export const RESOURCE_OF: Readonly<Record<Kind, string>> = {
  students: '/students',
  teachers: '/teachers',
  guardians: '/guardians',
  staff: '/users',
}

const KIND_OF: Readonly<Record<UserAnswer['role'], Kind>> = {
  STUDENT: 'students',
  TEACHER: 'teachers',
  PARENT: 'guardians',
  OWNER: 'staff',
  ADMIN: 'staff',
}

export const kindOf = ({ role }: Pick<UserAnswer, 'role'>): Kind => KIND_OF[role]

export const readKind = (text: string | null): Kind | undefined =>
  KINDS.find((kind) => kind === text)

/** An account with what its kind adds to it. */
export type Person = UserAnswer &
  Partial<
    Pick<StudentAnswer, 'admissionNo' | 'dob' | 'guardians' | 'currentEnrollment'> &
      Pick<TeacherAnswer, 'teacherCode' | 'hireDate'> &
      Pick<GuardianAnswer, 'children'>
  >

/** Any write to an OWNER's account takes an OWNER. */
export const mayChange = (
  user: { role: UserAnswer['role'] },
  person: Pick<UserAnswer, 'role'>,
): boolean => person.role !== 'OWNER' || user.role === 'OWNER'

/** The path of somebody's page within the school's part. */
export const personPath = (kind: Kind, id: string): string => `/people/${id}?kind=${kind}`
