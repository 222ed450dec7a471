import type { RegisterAnswer } from '@usms/school-api/modules/sessions/sessions.schema'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useNotify } from '#src/ui/use-notify.tsx'
import { type Draft, type Drafts, removeOldDrafts } from './drafts.ts'
import { withSaved } from './marks.ts'
import { registerKey } from './register.api.ts'
import { sendDraft } from './send-draft.ts'

const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 5 * 60_000
/** Another tab saved it and sends it itself: this one is here for when it was closed. */
const HIDDEN_PAUSE_MS = 3_000

/** What shows marks or that they are missing, beside the register itself. */
const SHOWING_MARKS = ['dashboard', 'missing-registers', 'sessions', 'student-attendance']

const isWaiting = ({ sending }: Draft) => sending !== undefined && !sending.refusal

/** Sends every draft that waits: at once, when the network comes back, and with growing pauses. */
export function useSending(drafts: Drafts, all: readonly Draft[]): { sendNow: () => void } {
  const send = useSendOne(drafts)
  const again = useRef(() => {})
  const keys = all.filter(isWaiting).map((draft) => draft.sending?.key)
  const waiting = keys.join(' ')

  useEffect(() => removeOldDrafts(localStorage, Date.now()), [])

  const sendNow = useCallback(() => {
    again.current()
  }, [])

  useEffect(() => {
    window.addEventListener('online', sendNow)
    return () => window.removeEventListener('online', sendNow)
  }, [sendNow])

  useEffect(() => {
    if (waiting === '') return
    let isOver = false
    let failures = 0
    let timer: number | undefined
    const sendAll = async () => {
      for (const draft of drafts.all().filter(isWaiting)) {
        if (isOver) return
        const isDelayed = await send(draft.sessionId)
        if (isOver) return
        if (!isDelayed) continue
        // What keeps one from arriving keeps the others, too.
        sendIn(Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS))
        return
      }
    }
    const sendIn = (pauseMs: number) => {
      window.clearTimeout(timer)
      timer = window.setTimeout(() => void sendAll(), pauseMs)
    }
    again.current = () => {
      failures = 0
      sendIn(0)
    }
    sendIn(document.hidden ? HIDDEN_PAUSE_MS : 0)
    return () => {
      isOver = true
      window.clearTimeout(timer)
      again.current = () => {}
    }
  }, [waiting, drafts, send])

  return { sendNow }
}

/** Sends one, and brings what the pages show up to date. Resolves to whether it has to be tried again. */
function useSendOne(drafts: Drafts): (sessionId: string) => Promise<boolean> {
  const { t } = useTranslation('teacher')
  const { api, school, user, link } = useSchool()
  const queryClient = useQueryClient()
  const notify = useNotify()
  const { pathname } = useLocation()
  const place = useRef(pathname)
  useEffect(() => {
    place.current = pathname
  }, [pathname])
  const known = useRef<readonly string[]>([])
  const ours = useRef(new Set<string>())
  const deps = useMemo(
    () => ({ api, drafts, lock: `usms:outbox:${school.code}:${user.id}` }),
    [api, drafts, school.code, user.id],
  )

  useEffect(
    () =>
      drafts.subscribe(() => {
        const now = drafts.all().flatMap(({ sessionId, sending }) => (sending ? [sessionId] : []))
        // Another tab sent it: this one has not seen the answer.
        for (const sessionId of known.current)
          if (!now.includes(sessionId) && !ours.current.has(sessionId))
            void queryClient.invalidateQueries({ queryKey: registerKey(sessionId) })
        known.current = now
      }),
    [drafts, queryClient],
  )

  return useCallback(
    async (sessionId) => {
      ours.current.add(sessionId)
      const outcome = await sendDraft(deps, sessionId)
      ours.current.delete(sessionId)
      const queryKey = registerKey(sessionId)
      if (outcome.kind === 'refused' || outcome.kind === 'nothing')
        await queryClient.invalidateQueries({ queryKey })
      if (outcome.kind !== 'sent') return outcome.kind === 'delayed'
      const { answer, sending } = outcome
      const by = { id: user.id, isOffice: user.role !== 'TEACHER' }
      queryClient.setQueryData<RegisterAnswer>(
        queryKey,
        (register) => register && withSaved(register, sending.entries, { ...answer, by }),
      )
      if (answer.kept > 0) {
        notify.done(t('register.kept', { count: answer.kept }))
        await queryClient.invalidateQueries({ queryKey })
      } else if (place.current !== link(`/register/${sessionId}`)) notify.done(t('outbox.sent'))
      await Promise.all(
        SHOWING_MARKS.map((noun) => queryClient.invalidateQueries({ queryKey: [noun] })),
      )
      return false
    },
    [deps, queryClient, notify, t, user, link],
  )
}
