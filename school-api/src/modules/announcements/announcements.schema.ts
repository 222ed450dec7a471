import { instant, line, paragraph, stamps, uuid } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

export const audience = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all'), value: z.null().optional() }),
  z.strictObject({
    kind: z.literal('role'),
    value: z.enum(['OWNER', 'ADMIN', 'TEACHER', 'STUDENT', 'PARENT']),
  }),
  z.strictObject({ kind: z.literal('grade'), value: uuid }),
  z.strictObject({ kind: z.literal('section'), value: uuid }),
])

export const announcementBody = z.strictObject({
  title: line(200),
  body: paragraph(20_000),
  audience: audience.default({ kind: 'all' }),
  /** Default: now. */
  publishAt: instant.optional(),
  expiresAt: instant.nullish(),
})

export const announcementPatch = z
  .strictObject({
    title: line(200),
    body: paragraph(20_000),
    audience,
    publishAt: instant,
    expiresAt: instant.nullable(),
  })
  .partial()

export const announcementList = listQuery.extend({
  /** Only what the caller wrote. */
  mine: z.stringbool().default(false),
  /** `unread`: what is out and the caller, who did not write it, has not read comes before the rest. */
  order: z.enum(['newest', 'unread']).default('newest'),
})

export const announcement = z.object({
  ...stamps,
  title: z.string(),
  body: z.string(),
  audience: z.object({
    kind: z.enum(['all', 'role', 'grade', 'section']),
    value: z.string().nullable(),
    /** Of the grade or section; null to the others, and where it is no more. */
    name: z.string().nullable(),
  }),
  publishAt: z.string(),
  expiresAt: z.string().nullable(),
  authorUserId: z.string(),
  author: z.object({
    userId: z.string(),
    firstName: z.string(),
    lastName: z.string().nullable(),
    preferredName: z.string().nullable(),
  }),
  /** When the caller said to have read it. */
  readAt: z.string().nullable(),
  /** How many others than the author have; for the author and the office. */
  readCount: z.number().int().nullable(),
})
export const announcementPage = pageOf(announcement)

/** To whom the caller may announce. */
export const audiences = z.object({
  /** All, and each role. */
  everybody: z.boolean(),
  /** In their order. */
  grades: z.array(z.object({ id: z.string(), name: z.string() })),
  /** By grade and name. */
  sections: z.array(z.object({ id: z.string(), name: z.string() })),
})

export type Audience = z.output<typeof audience>
export type AnnouncementBody = z.output<typeof announcementBody>
export type AnnouncementPatch = z.output<typeof announcementPatch>
export type AnnouncementList = z.output<typeof announcementList>
export type AnnouncementPage = z.output<typeof announcementPage>
export type AudiencesAnswer = z.output<typeof audiences>
export type AnnouncementAnswer = z.output<typeof announcement>
