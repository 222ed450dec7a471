import { calendarDate, reason, stamps, uuid } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

export const membersBody = z
  .strictObject({
    studentUserId: uuid.optional(),
    studentUserIds: z.array(uuid).min(1).max(200).optional(),
    /** Absent: today. */
    joinedOn: calendarDate.optional(),
    /** More members than seats: the office only, and with a reason. */
    overrideCapacity: z.boolean().optional(),
    reason: reason.optional(),
  })
  .superRefine((body, context) => {
    if ((body.studentUserId === undefined) === (body.studentUserIds === undefined))
      context.addIssue({
        code: 'custom',
        path: ['studentUserIds'],
        message: 'either studentUserIds or studentUserId',
      })
    if (body.overrideCapacity && body.reason === undefined)
      context.addIssue({ code: 'custom', path: ['reason'], message: 'is needed to override' })
    body.studentUserIds?.forEach((id, i, ids) => {
      if (ids.indexOf(id) < i)
        context.addIssue({ code: 'custom', path: ['studentUserIds', i], message: 'appears twice' })
    })
  })
/** Closes a membership. `leftOn`: the first day on which the student is no member, today when absent. */
export const memberPatch = z.strictObject({
  leftOn: calendarDate.optional(),
  reason: reason.optional(),
})
export const memberParams = z.strictObject({ id: uuid, memberId: uuid })
/** `date`: only those who are members on that day. */
export const memberList = listQuery.extend({ date: calendarDate.optional() })

export const member = z.object({
  ...stamps,
  sectionId: z.string(),
  academicYearId: z.string(),
  studentUserId: z.string(),
  firstName: z.string(),
  lastName: z.string().nullable(),
  preferredName: z.string().nullable(),
  joinedOn: z.string(),
  leftOn: z.string().nullable(),
  reason: z.string().nullable(),
})
export const memberPage = pageOf(member)
export const membersAdded = z.object({ items: z.array(member) })

export type MembersBody = z.output<typeof membersBody>
export type MemberPatch = z.output<typeof memberPatch>
export type MemberList = z.output<typeof memberList>
export type MemberAnswer = z.output<typeof member>
