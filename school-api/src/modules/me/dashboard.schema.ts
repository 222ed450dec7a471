import { uuid } from '@usms/service-kit/http/fields'
import { z } from 'zod'
import { names, ownAssignment, ownChild, ownSession } from './me.schema.ts'

/** For parents: which child is shown; the first by name when left out. */
export const dashboardQuery = z.strictObject({ studentId: uuid.optional() })

const count = z.number().int()
/** What each is stands at GET /students/:id/attendance. */
const counts = {
  present: count,
  absent: count,
  late: count,
  excused: count,
  percentage: z.number().nullable(),
}

const announcements = z.object({
  /** How many of the newest fifty are not read yet. */
  unread: count,
  /** Five at most: what is not read first, then the newest. */
  items: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      body: z.string(),
      publishAt: z.string(),
      author: z.object({ userId: z.string(), ...names }),
      readAt: z.string().nullable(),
    }),
  ),
})

const sessionWithRegister = ownSession.extend({
  register: z.object({
    rosterSize: count,
    marked: count,
    present: count,
    absent: count,
    late: count,
    excused: count,
  }),
})

const teacher = z.object({
  role: z.literal('TEACHER'),
  today: z.string(),
  sessions: z.array(sessionWithRegister),
  /** Registers not taken of sessions that are over, of today and the seven days before, newest first. */
  missing: z.array(sessionWithRegister),
  announcements,
})

const ofStudent = {
  sessions: z.array(ownSession),
  /** Of the current year up to today. */
  attendance: z.object({
    from: z.string(),
    to: z.string(),
    ...counts,
    /** The last eight at most, each named by its Monday. */
    weeks: z.array(z.object({ from: z.string(), ...counts })),
  }),
  /** What is to be handed in, five at most, by when it is due. */
  assignments: z.array(ownAssignment),
}

const student = z.object({
  role: z.literal('STUDENT'),
  today: z.string(),
  ...ofStudent,
  announcements,
})

const parent = z.object({
  role: z.literal('PARENT'),
  today: z.string(),
  /** By name. */
  children: z.array(ownChild),
  /** One of the children; null where there is none. */
  child: z.object({ studentUserId: z.string(), ...ofStudent }).nullable(),
  announcements,
})

const office = z.object({
  role: z.enum(['OWNER', 'ADMIN']),
  today: z.string(),
  /** Who can sign in, and homerooms and groups. */
  counts: z.object({ students: count, teachers: count, sections: count }),
  sessions: z.object({ scheduled: count, cancelled: count, taken: count, missing: count }),
  /** Students with an absence today: how many, and the first ten by name with how many of their sessions. */
  absentees: z.object({
    count,
    items: z.array(
      z.object({
        studentUserId: z.string(),
        ...names,
        sectionName: z.string().nullable(),
        sessions: count,
      }),
    ),
  }),
  announcements,
})

export const dashboard = z.discriminatedUnion('role', [teacher, student, parent, office])

export type DashboardQuery = z.output<typeof dashboardQuery>
export type DashboardAnswer = z.output<typeof dashboard>
export type AnnouncementsPart = z.output<typeof announcements>
export type SessionWithRegister = z.output<typeof sessionWithRegister>
export type OfficeDashboard = z.output<typeof office>
export type OfficePart = Pick<z.output<typeof office>, 'counts' | 'sessions' | 'absentees'>
export type StudentPart = Omit<z.output<typeof student>, 'role' | 'announcements' | 'today'>
