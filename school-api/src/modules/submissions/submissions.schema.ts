import { paragraph, stamps } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

const TEXT_BYTES = 64 * 1024

/** A link that a browser may be sent to: anything but the web (`javascript:`, `data:`, `file:`) would run or read at the reader's. */
const webAddress = z.string().max(2_000).refine(isWebAddress, 'must be an http or https URL')

function isWebAddress(text: string): boolean {
  // URL() forgives blanks, control characters and missing slashes, which others read differently.
  if (!/^https?:\/\/[^\s\p{Cc}\\]+$/iu.test(text) || !URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === ''
}

const text = paragraph(TEXT_BYTES).refine(
  (value) => new TextEncoder().encode(value).length <= TEXT_BYTES,
  'must have at most 64 KiB',
)

export const submissionBody = z
  .strictObject({ contentUrl: webAddress.nullish(), text: text.nullish() })
  .refine(({ contentUrl, text }) => contentUrl || text, {
    path: ['contentUrl'],
    message: 'name a contentUrl or a text',
  })

export const gradeBody = z.strictObject({
  marksObtained: z.number().min(0).max(10_000).multipleOf(0.5, 'must be whole or a half'),
  /** Left as it is when absent. */
  feedback: paragraph(10_000).nullish(),
})

export const submissionList = listQuery

export const submission = z.object({
  ...stamps,
  assignmentId: z.string(),
  studentUserId: z.string(),
  contentUrl: z.string().nullable(),
  text: z.string().nullable(),
  submittedAt: z.string(),
  late: z.boolean(),
  status: z.enum(['SUBMITTED', 'GRADED']),
  marksObtained: z.number().nullable(),
  feedback: z.string().nullable(),
  gradedAt: z.string().nullable(),
})

export const submissionPage = pageOf(
  submission.extend({
    firstName: z.string(),
    lastName: z.string().nullable(),
    preferredName: z.string().nullable(),
  }),
)

export type SubmissionBody = z.output<typeof submissionBody>
export type GradeBody = z.output<typeof gradeBody>
export type SubmissionList = z.output<typeof submissionList>
export type SubmissionAnswer = z.output<typeof submission>
export type SubmissionPage = z.output<typeof submissionPage>
