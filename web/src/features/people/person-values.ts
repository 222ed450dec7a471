import type { Kind, Person } from './person.ts'

/** What the form holds: text alone, empty where there is nothing. */
export interface PersonValues {
  firstName: string
  lastName: string
  preferredName: string
  username: string
  email: string
  phone: string
  admissionNo: string
  dob: string
  teacherCode: string
  hireDate: string
  role: 'ADMIN' | 'OWNER'
}

export type Field = keyof PersonValues

const OF_EVERYBODY: readonly Field[] = [
  'firstName',
  'lastName',
  'preferredName',
  'username',
  'email',
  'phone',
]

export const FIELDS: Readonly<Record<Kind, readonly Field[]>> = {
  students: [...OF_EVERYBODY, 'admissionNo', 'dob'],
  teachers: [...OF_EVERYBODY, 'teacherCode', 'hireDate'],
  guardians: OF_EVERYBODY,
  staff: [...OF_EVERYBODY, 'role'],
}

export const MAX_LENGTH: Readonly<Partial<Record<Field, number>>> = {
  firstName: 100,
  lastName: 100,
  preferredName: 100,
  username: 100,
  email: 254,
  phone: 40,
  admissionNo: 50,
  teacherCode: 50,
}

export const NOBODY: PersonValues = {
  firstName: '',
  lastName: '',
  preferredName: '',
  username: '',
  email: '',
  phone: '',
  admissionNo: '',
  dob: '',
  teacherCode: '',
  hireDate: '',
  role: 'ADMIN',
}

export const toValues = (person: Person): PersonValues => ({
  firstName: person.firstName,
  lastName: person.lastName ?? '',
  preferredName: person.preferredName ?? '',
  username: person.username,
  email: person.email ?? '',
  phone: person.phone ?? '',
  admissionNo: person.admissionNo ?? '',
  dob: person.dob ?? '',
  teacherCode: person.teacherCode ?? '',
  hireDate: person.hireDate ?? '',
  role: person.role === 'OWNER' ? 'OWNER' : 'ADMIN',
})

/** As the API takes it: what is empty is left out. */
export const toBody = (kind: Kind, values: PersonValues): Record<string, string> =>
  Object.fromEntries(
    FIELDS[kind].flatMap((field) => {
      const text = values[field].trim()
      return text === '' ? [] : [[field, text]]
    }),
  )

/** The fields that are not as they were; emptied ones as null. */
export const toChanges = (
  kind: Kind,
  before: PersonValues,
  values: PersonValues,
): Record<string, string | null> =>
  Object.fromEntries(
    FIELDS[kind].flatMap((field) => {
      const text = values[field].trim()
      return text === before[field] ? [] : [[field, text === '' ? null : text]]
    }),
  )

/** Which field an answer's code is about. */
export const FIELD_OF_CODE: Readonly<Record<string, Field>> = {
  username_taken: 'username',
  admission_no_taken: 'admissionNo',
  teacher_code_taken: 'teacherCode',
}

/** `Asha Rao` → `asha.rao`; accents of Latin letters go, every script stays. */
export const proposeUsername = (firstName: string, lastName: string): string =>
  [firstName, lastName]
    .map((name) =>
      name
        .normalize('NFD')
        .replace(/[\u0300-\u036f]/g, '')
        .normalize('NFC')
        .toLowerCase()
        .replace(/[^\p{L}\p{M}\p{N}]+/gu, ''),
    )
    .filter((part) => part !== '')
    .join('.')
    .slice(0, 90)
