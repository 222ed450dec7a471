import {
  email,
  line,
  searchText,
  stamps,
  toInstantOrNull,
  toStamps,
  uuid,
} from '@usms/service-kit/http/fields'
import { listQuery } from '@usms/service-kit/http/list'
import { z } from 'zod'
import type { PersonRow } from './people.queries.ts'

/** What every account has, said once for /users, /teachers, /students and /guardians. */

export const role = z.enum(['OWNER', 'ADMIN', 'TEACHER', 'STUDENT', 'PARENT'])
const status = z.enum(['EXPECTED', 'CURRENT', 'LEFT'])

const externalIds = z
  .record(
    z
      .string()
      .regex(
        /^[A-Za-z][A-Za-z0-9._:-]{0,49}$/,
        'a system is named by 1 to 50 of A–Z a–z 0–9 . _ : -',
      ),
    line(200),
  )
  .refine((ids) => Object.keys(ids).length <= 20, 'must name at most 20 systems')

/** Fields of a request. Absent: left as it is; null: emptied. */
export const personFields = {
  username: line(100),
  email: email.nullish(),
  phone: line(40).nullish(),
  firstName: line(100),
  lastName: line(100).nullish(),
  preferredName: line(100).nullish(),
  /** System → id there; a change replaces all of them. */
  externalIds: externalIds.optional(),
  status: status.optional(),
}

const personBody = z.strictObject(personFields)
export type PersonBody = z.output<typeof personBody>
export type PersonPatch = Partial<PersonBody>

/** Fields of an answer. */
export const personAnswer = {
  ...stamps,
  username: z.string(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  role,
  firstName: z.string(),
  lastName: z.string().nullable(),
  preferredName: z.string().nullable(),
  externalIds: z.record(z.string(), z.string()),
  status,
  isActive: z.boolean(),
  lastLoginAt: z.string().nullable(),
}

const person = z.object(personAnswer)
export type PersonAnswer = z.output<typeof person>

export const peopleList = z.strictObject({
  ...listQuery.shape,
  q: searchText.optional(),
  isActive: z.stringbool().optional(),
})
/** A list of people who are taught, or teach, somewhere. */
export const peopleInSectionsList = z.strictObject({
  ...peopleList.shape,
  sectionId: uuid.optional(),
})

export type PeopleList = z.output<typeof peopleList>
export type PeopleInSectionsList = z.output<typeof peopleInSectionsList>

/** What sign-in looks up, and what makes usernames unique: the one place where they are folded. */
export const usernameKeyOf = (username: string): string =>
  username.normalize('NFC').trim().toLowerCase()

export const toPerson = (row: PersonRow): PersonAnswer => ({
  ...toStamps(row),
  username: row.username,
  email: row.email,
  phone: row.phone,
  role: row.role,
  firstName: row.firstName,
  lastName: row.lastName,
  preferredName: row.preferredName,
  externalIds: row.externalIds,
  status: row.status,
  isActive: row.isActive,
  lastLoginAt: toInstantOrNull(row.lastLoginAt),
})
