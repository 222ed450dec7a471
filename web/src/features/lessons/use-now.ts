import { useEffect, useState } from 'react'

const EVERY_MS = 15_000

/** The time, as exactly as a page about lessons needs it. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), EVERY_MS)
    return () => window.clearInterval(timer)
  }, [])
  return now
}
