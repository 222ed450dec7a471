import { Box, Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useNow } from '#src/lib/use-now.ts'

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** `3 hours ago` in a language; `now` for less than a minute. */
function relativeTime(instant: string, language: string, now = Date.now()): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const seconds = (Date.parse(instant) - now) / 1_000
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 0]
  return size === 0 ? format.format(0, 'second') : format.format(Math.trunc(seconds / size), unit)
}

/** An instant as people speak of it; exactly when it is pointed at or focused. */
export function RelativeTime({ at, exact }: { at: string; exact: string }) {
  const { i18n } = useTranslation()
  const now = useNow()
  return (
    <Tooltip label={exact} events={{ hover: true, focus: true, touch: true }}>
      {/* Without a mouse the exact time is reached like with one. */}
      <Box component="time" dateTime={at} tabIndex={0}>
        {relativeTime(at, i18n.language, Math.max(now, Date.parse(at)))}
      </Box>
    </Tooltip>
  )
}
