import { Badge, Button, Divider, Group, Stack, Text } from '@mantine/core'
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react'
import type { SessionAnswer } from '@usms/school-api/modules/auth/auth.schema'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { LoadingRows, Loaded } from '#src/ui/loaded.tsx'
import { useNotify } from '#src/ui/use-notify.tsx'
import { useEndSessions, useOwnSessions } from './account.api.ts'
import { readDevice } from './device-name.ts'

/** Where one is signed in, this device first. */
export function OwnSessions({ headingId }: { headingId: string }) {
  const { t } = useTranslation('account')
  const query = useOwnSessions()
  const end = useEndSessions()
  const notify = useNotify()
  const endThen = (id: string | undefined, message: string) =>
    end.mutate(id, {
      onSuccess: () => {
        notify.done(message)
        // The button that was pressed has gone with its line.
        document.getElementById(headingId)?.focus()
      },
      onError: notify.failed,
    })

  return (
    <Loaded query={query} skeleton={<LoadingRows rows={1} height={76} />}>
      {(sessions) => {
        const others = sessions.filter(({ current }) => !current)
        return (
          <Stack>
            {[...sessions.filter(({ current }) => current), ...others].map((session, i) => (
              <Fragment key={session.id}>
                {i > 0 && <Divider />}
                <OneSession
                  session={session}
                  isBusy={end.isPending && end.variables === session.id}
                  onEnd={() => {
                    if (!end.isPending) endThen(session.id, t('sessions.ended'))
                  }}
                />
              </Fragment>
            ))}
            {others.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t('sessions.onlyThis')}
              </Text>
            ) : (
              <Button
                variant="default"
                style={{ alignSelf: 'flex-start' }}
                loading={end.isPending && end.variables === undefined}
                onClick={() => {
                  if (!end.isPending) endThen(undefined, t('sessions.othersEnded'))
                }}
              >
                {t('sessions.endOthers')}
              </Button>
            )}
          </Stack>
        )
      }}
    </Loaded>
  )
}

interface OneSessionProps {
  session: SessionAnswer
  isBusy: boolean
  onEnd: () => void
}

function OneSession({ session, isBusy, onEnd }: OneSessionProps) {
  const { t } = useTranslation('account')
  const { time } = useSchool()
  const known = readDevice(session.userAgent)
  const device = known ? t('sessions.device', known) : t('sessions.unknownDevice')
  const Icon = /Android|iPhone|iPad/.test(known?.system ?? '')
    ? IconDeviceMobile
    : IconDeviceDesktop
  const lastUsed = time.dateTime(session.lastUsedAt)
  return (
    <Group wrap="nowrap" align="flex-start" justify="space-between">
      <Group wrap="nowrap" align="flex-start" gap="sm" miw={0}>
        <Icon size={22} aria-hidden style={{ flex: 'none' }} />
        <div>
          <Group gap="xs">
            <Text fw={500}>{device}</Text>
            {session.current && (
              <Badge variant="outline" tt="none">
                {t('sessions.this')}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {t('sessions.lastUsed', { when: lastUsed })}
          </Text>
          <Text size="sm" c="dimmed">
            {t('sessions.since', { when: time.dateTime(session.createdAt) })}
            {session.ip && ` · ${t('sessions.address', { ip: session.ip })}`}
          </Text>
        </div>
      </Group>
      {!session.current && (
        <Button
          size="xs"
          variant="default"
          style={{ flex: 'none' }}
          loading={isBusy}
          aria-label={t('sessions.endNamed', { device, when: lastUsed })}
          onClick={onEnd}
        >
          {t('sessions.end')}
        </Button>
      )}
    </Group>
  )
}
