import { calendarDate, line, searchText, stamps, uuid } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

const kind = z.enum(['HOMEROOM', 'GROUP'])
const capacity = z.number().int().min(1).max(10_000)

const fields = {
  gradeId: uuid.nullable().optional(),
  name: line(100),
  capacity: capacity.nullable().optional(),
  classTeacherId: uuid.nullable().optional(),
  subjectId: uuid.nullable().optional(),
}

export const sectionBody = z
  .strictObject({ kind: kind.default('HOMEROOM'), ...fields })
  .refine((section) => section.kind !== 'HOMEROOM' || section.gradeId, {
    path: ['gradeId'],
    message: 'a homeroom belongs to a grade',
    // Beside faults of other fields too: whoever mends those should not hear of this one only then.
    when: ({ value }) => typeof value === 'object' && value !== null,
  })
/** A section keeps its kind: its roster is made of enrollments or of memberships. */
export const sectionPatch = z.strictObject(fields).partial()
export const sectionList = listQuery.extend({
  gradeId: uuid.optional(),
  kind: kind.optional(),
  q: searchText.optional(),
})

export const section = z.object({
  ...stamps,
  kind,
  gradeId: z.string().nullable(),
  name: z.string(),
  capacity: z.number().int().nullable(),
  classTeacherId: z.string().nullable(),
  subjectId: z.string().nullable(),
  /** Seats taken in the current year, by those who are there and those who will be. */
  enrolledCount: z.number().int(),
})
export const sectionPage = pageOf(section)

/** Absent: today. */
export const rosterQuery = z.strictObject({ date: calendarDate.optional() })
export const roster = z.object({
  sectionId: z.string(),
  date: z.string(),
  /** By roll number, then by name. */
  items: z.array(
    z.object({
      studentUserId: z.string(),
      firstName: z.string(),
      lastName: z.string().nullable(),
      preferredName: z.string().nullable(),
      rollNo: z.number().int().nullable(),
      enrollmentId: z.string().optional(),
      membershipId: z.string().optional(),
      joinedOn: z.string(),
      /** Exclusive: the first day on which the student is not there; null while nobody has said when. */
      leftOn: z.string().nullable(),
    }),
  ),
})

export type SectionBody = z.output<typeof sectionBody>
export type SectionPatch = z.output<typeof sectionPatch>
export type SectionList = z.output<typeof sectionList>
export type SectionAnswer = z.output<typeof section>
export type RosterAnswer = z.output<typeof roster>
