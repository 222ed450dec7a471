import { useInterval } from '@mantine/hooks'
import { useState } from 'react'

/** The time, in milliseconds as Date.now() gives it, that moves on by itself: what is on now, and what is next. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(Date.now)
  useInterval(() => setNow(Date.now()), everyMs, { autoInvoke: true })
  return now
}
