import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { ConfirmModal } from '#src/ui/confirm-modal.tsx'
import { useErrorText } from '#src/ui/error-text.ts'
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
  const errorText = useErrorText()
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
      <ConfirmModal
        title={t('relations.ask', names)}
        opened={isOpen}
        text={t('relations.what', names)}
        confirmLabel={t('relations.unlink')}
        isBusy={unlink.isPending}
        isDanger
        refusal={unlink.isError && errorText(unlink.error)}
        onConfirm={() =>
          unlink.mutate(endsOf(kind, person.id, relative.id), {
            onSuccess() {
              notify.done(t('relations.unlinked', names))
              onDone()
            },
          })
        }
        onClose={close}
      />
    </>
  )
}
