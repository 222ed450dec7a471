import { line, searchText, stamps } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

export const subjectBody = z.strictObject({
  code: line(20),
  name: line(100),
})
export const subjectPatch = subjectBody.partial()
export const subjectList = listQuery.extend({ q: searchText.optional() })

export const subject = z.object({
  ...stamps,
  code: z.string(),
  name: z.string(),
})
export const subjectPage = pageOf(subject)

export type SubjectBody = z.output<typeof subjectBody>
export type SubjectPatch = z.output<typeof subjectPatch>
export type SubjectList = z.output<typeof subjectList>
export type SubjectAnswer = z.output<typeof subject>
