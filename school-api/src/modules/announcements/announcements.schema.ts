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
})

export const announcement = z.object({
  ...stamps,
  title: z.string(),
  body: z.string(),
  audience: z.object({
    kind: z.enum(['all', 'role', 'grade', 'section']),
    value: z.string().nullable(),
  }),
  publishAt: z.string(),
  expiresAt: z.string().nullable(),
  authorUserId: z.string(),
  /** When the caller said to have read it. */
  readAt: z.string().nullable(),
  /** How many others than the author have; for the author and the office. */
  readCount: z.number().int().nullable(),
})
export const announcementPage = pageOf(announcement)

export type Audience = z.output<typeof audience>
export type AnnouncementBody = z.output<typeof announcementBody>
export type AnnouncementPatch = z.output<typeof announcementPatch>
export type AnnouncementList = z.output<typeof announcementList>
export type AnnouncementAnswer = z.output<typeof announcement>
