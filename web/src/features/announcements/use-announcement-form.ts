import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SchoolTime } from '#src/lib/school-time.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useErrorText } from '#src/ui/error-text.ts'
import { readRefusal } from '#src/ui/read-refusal.ts'
import { useNotify } from '#src/ui/use-notify.tsx'
import {
  type Announcement,
  type AnnouncementInput,
  useWriteAnnouncement,
} from './announcements.api.ts'

const FIELDS = ['title', 'body', 'audience', 'publishAt', 'expiresAt'] as const

/** As one value of a select: `all`, `role:PARENT`, `section:…`. */
export const audienceKey = ({ kind, value }: { kind: string; value: string | null }): string =>
  value === null ? kind : `${kind}:${value}`

const audienceOf = (key: string) => {
  const [kind = '', value] = key.split(':')
  return value === undefined ? { kind } : { kind, value }
}

interface Values {
  title: string
  body: string
  audience: string
  /** On the school's wall, as an input of the browser has it: `2026-11-21T09:30`. */
  publishAt: string
  expiresAt: string
}

function valuesOf(announcement: Announcement | undefined, time: SchoolTime): Values {
  const wall = (instant: string | null | undefined) =>
    instant ? `${time.wallDate(instant)}T${time.wallTime(instant)}` : ''
  return {
    title: announcement?.title ?? '',
    body: announcement?.body ?? '',
    audience: announcement ? audienceKey(announcement.audience) : '',
    publishAt: wall(announcement?.publishAt),
    expiresAt: wall(announcement?.expiresAt),
  }
}

/** What is different. */
function inputOf(values: Values, before: Values, time: SchoolTime): AnnouncementInput {
  const instantOf = (local: string) => {
    const [date = '', clock = ''] = local.split('T')
    return time.instantOf(date, clock.slice(0, 5))
  }
  const { title, body, audience, publishAt, expiresAt } = values
  return {
    ...(title !== before.title && { title: title.trim() }),
    ...(body !== before.body && { body: body.trim() }),
    ...(audience !== before.audience && { audience: audienceOf(audience) }),
    ...(publishAt !== before.publishAt && {
      publishAt: publishAt ? instantOf(publishAt) : new Date().toISOString(),
    }),
    ...(expiresAt !== before.expiresAt && { expiresAt: expiresAt ? instantOf(expiresAt) : null }),
  }
}

/** The form of a new announcement, or of one that is changed: only what is different is sent. */
export function useAnnouncementForm(announcement: Announcement | undefined, onDone: () => void) {
  const { t } = useTranslation('family')
  const { time } = useSchool()
  const notify = useNotify()
  const errorText = useErrorText()
  const write = useWriteAnnouncement(announcement?.id)
  const [refusal, setRefusal] = useState<string | null>(null)

  const needed = (text: string) => (text.trim() ? null : t('announcements.errors.needed'))
  const before = valuesOf(announcement, time)
  const form = useForm({
    initialValues: before,
    validate: {
      title: needed,
      body: needed,
      audience: needed,
      expiresAt: (ends, { publishAt }) =>
        ends && publishAt && ends <= publishAt ? t('announcements.errors.order') : null,
    },
  })

  const submit = form.onSubmit(async (values) => {
    if (write.isPending) return
    setRefusal(null)
    const input = inputOf(values, before, time)
    try {
      if (Object.keys(input).length > 0) await write.mutateAsync(input)
      notify.done(announcement ? t('announcements.changed') : t('announcements.published'))
      onDone()
    } catch (error) {
      const { fields, text } = readRefusal(error, {
        known: {
          dates_out_of_order: { field: 'expiresAt', text: t('announcements.errors.order') },
          unknown_audience: { field: 'audience', text: t('announcements.errors.audience') },
          forbidden: { field: 'audience', text: t('announcements.errors.forbidden') },
        },
        invalid: t('announcements.errors.invalid'),
        isField: (path) => FIELDS.some((field) => field === path),
        errorText,
      })
      form.setErrors(fields)
      setRefusal(text)
    }
  })
  return { form, submit, refusal, isBusy: write.isPending }
}
