import { useEffect, useState } from 'react'

/** Whole seconds until an instant (milliseconds since the epoch), counting down to 0; undefined without one. */
export function useCountdown(until: number | undefined): number | undefined {
  const [now, setNow] = useState(() => Date.now())
  const isOver = until === undefined || now >= until
  useEffect(() => {
    if (isOver) return
    // By the clock, not by counting: timers of a tab in the background, or of a sleeping laptop, do not keep time.
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [isOver])
  if (until === undefined) return undefined
  return isOver ? 0 : Math.ceil((until - now) / 1_000)
}

/** `14:59` */
export const clockOf = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
