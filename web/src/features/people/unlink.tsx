import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import { personName } from '#src/ui/person-name.ts'
import { useNotify } from '#src/ui/use-notify.tsx'
import { useUnlinkGuardian } from './people.api.ts'
import type { Person } from './person.ts'
import { endsOf, type Relative } from './relative.ts'

interface UnlinkProps {
  kind: 'students' | 'guardians'
  person: Person
  relative: Relative
  onDone: () => void
}

/** Takes a link away, after asking: a parent loses sight of the child at once. */
export function Unlink({ kind, person, relative, onDone }: UnlinkProps) {
  const { t } = useTranslation('people')
  const { t: tc } = useTranslation()
  const notify = useNotify()
  const [isOpen, { open, close }] = useDisclosure(false)
  const unlink = useUnlinkGuardian()
  const names =
    kind === 'students'
      ? { guardian: relative.name, child: personName(person) }
      : { guardian: personName(person), child: relative.name }
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        size="compact-md"
        onClick={open}
        aria-label={t('relations.unlinkName', { name: relative.name })}
      >
        {t('relations.unlink')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={t('relations.ask', names)}
        closeButtonProps={{ 'aria-label': tc('actions.close') }}
      >
        <Stack gap="md">
          <Text>{t('relations.what', names)}</Text>
          {unlink.isError && <ErrorAlert error={unlink.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              {tc('actions.cancel')}
            </Button>
            <Button
              color="red.9"
              loading={unlink.isPending}
              onClick={() =>
                unlink.mutate(endsOf(kind, person.id, relative.id), {
                  onSuccess() {
                    notify.done(t('relations.unlinked', names))
                    onDone()
                  },
                })
              }
            >
              {t('relations.unlink')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
