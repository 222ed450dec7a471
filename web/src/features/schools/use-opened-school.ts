import { useEffect, useRef } from 'react'
import { useLocation, useNavigationType } from 'react-router'

const KEY = 'usms:owner:opened-school'

/**
 * Keeps one's place in the list: who comes back to it (a step back, or the page's own way back) has the focus, and with it the window,
 * at the school that was opened from there.
 */
export function useOpenedSchool(isThere: boolean): (schoolId: string) => void {
  const { search, state } = useLocation()
  const comesBack = useNavigationType() === 'POP' || isBack(state)
  const isDone = useRef(false)
  useEffect(() => {
    if (isDone.current || !isThere) return
    isDone.current = true
    const [place, schoolId] = (sessionStorage.getItem(KEY) ?? '').split(' ')
    sessionStorage.removeItem(KEY)
    if (!comesBack || !schoolId || place !== `?${search.slice(1)}`) return
    const link = document.querySelector<HTMLElement>(`[data-school="${CSS.escape(schoolId)}"]`)
    link?.focus({ preventScroll: true })
    link?.scrollIntoView({ block: 'center' })
  }, [isThere, comesBack, search])
  return (schoolId) => sessionStorage.setItem(KEY, `?${search.slice(1)} ${schoolId}`)
}

const isBack = (state: unknown) => (state as { back?: unknown } | null)?.back === true
