import { Box, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { memo, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { CopyText } from '#src/ui/copy-text.tsx'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import type { LogLine } from './log-lines.ts'
import { readableLine } from './readable-line.ts'
import classes from './school-logs.module.css'
import { type SchoolLogs as Logs, useSchoolLogs } from './use-school-logs.ts'

const CONNECTION = { connecting: 'logs.connecting', live: 'logs.live', lost: 'logs.lost' } as const

/** The log of a school as it is written; paused, it stands still and goes on behind. */
export function SchoolLogs({ schoolId }: { schoolId: string }) {
  const [attempt, setAttempt] = useState(0)
  return (
    <LiveLogs
      key={attempt}
      schoolId={schoolId}
      onRetry={() => setAttempt((before) => before + 1)}
    />
  )
}

function LiveLogs({ schoolId, onRetry }: { schoolId: string; onRetry: () => void }) {
  const { t } = useTranslation('owner')
  const { lines, connection, error } = useSchoolLogs(schoolId)
  const [paused, setPaused] = useState<readonly LogLine[]>()
  const shown = paused ?? lines
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <Stack gap="sm">
        {Boolean(error) && <ErrorAlert error={error} onRetry={onRetry} />}
        <Group justify="space-between">
          <Status {...{ connection, paused, lines }} />
          <Group gap="sm">
            <Button
              variant="default"
              onClick={() => setPaused(paused ? undefined : lines)}
              leftSection={
                paused ? (
                  <IconPlayerPlay size={18} aria-hidden />
                ) : (
                  <IconPlayerPause size={18} aria-hidden />
                )
              }
            >
              {t(paused ? 'logs.resume' : 'logs.pause')}
            </Button>
            {/* As the school wrote them: for programs, and for whoever looks into a fault. */}
            <CopyText text={shown.map((line) => ('text' in line ? line.text : '…')).join('\n')} />
          </Group>
        </Group>
        <Lines lines={shown} isFollowing={!paused} />
        <Text size="sm" c="dimmed">
          {t('logs.bound')}
        </Text>
      </Stack>
    </Paper>
  )
}

interface StatusProps extends Pick<Logs, 'connection' | 'lines'> {
  paused: readonly LogLine[] | undefined
}

function Status({ connection, lines, paused }: StatusProps) {
  const { t } = useTranslation('owner')
  const { time } = useOwner()
  const since = (lines.at(-1)?.no ?? 0) - (paused?.at(-1)?.no ?? 0)
  return (
    <div>
      <Text fw={600} role="status">
        {paused ? t('logs.pausedState') : t(CONNECTION[connection])}
      </Text>
      {/* Not said to those who listen: it changes all the time. */}
      <Text size="sm" c="dimmed">
        {paused
          ? t('logs.since', { count: Math.max(since, 0), value: time.number(Math.max(since, 0)) })
          : t('logs.lines', { count: lines.length, value: time.number(lines.length) })}
      </Text>
    </div>
  )
}

function Lines({ lines, isFollowing }: { lines: readonly LogLine[]; isFollowing: boolean }) {
  const { t, i18n } = useTranslation('owner')
  const { timezone } = useOwner().time
  // To the second: lines come faster than minutes.
  const clock = useMemo(
    () => new Intl.DateTimeFormat(i18n.language, { timeStyle: 'medium', timeZone: timezone }),
    [i18n.language, timezone],
  )
  const box = useRef<HTMLDivElement>(null)
  // Before it is drawn: the newest line is the one that is looked at.
  useLayoutEffect(() => {
    if (isFollowing && lines.length > 0 && box.current)
      box.current.scrollTop = box.current.scrollHeight
  }, [isFollowing, lines])
  return (
    <Box
      ref={box}
      role="region"
      tabIndex={0}
      aria-label={t('logs.label')}
      className={classes.lines}
    >
      {lines.length === 0 ? (
        <Text c="dimmed">{t('logs.empty')}</Text>
      ) : (
        lines.map((line) => <Line key={line.no} line={line} clock={clock} />)
      )}
    </Box>
  )
}

/** Lines stay as they are, so none is drawn twice. */
const Line = memo(function Line({ line, clock }: { line: LogLine; clock: Intl.DateTimeFormat }) {
  const { t } = useTranslation('owner')
  const { time } = useOwner()
  if ('text' in line)
    return <div>{readableLine(line.text, (instant) => clock.format(new Date(instant)))}</div>
  const { leftOut } = line
  return (
    <div className={classes.leftOut}>
      {leftOut === null
        ? t('logs.leftOutUnknown')
        : t('logs.leftOut', { count: leftOut, value: time.number(leftOut) })}
    </div>
  )
})
