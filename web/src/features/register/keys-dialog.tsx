import { Kbd, Table, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FormModal } from '#src/ui/form-modal.tsx'
import type { CodeKeys } from './keys.ts'
import { useCodeName } from '#src/ui/use-code-name.ts'

const OTHERS = [
  { keys: ['↑', '↓'], does: 'move' },
  { keys: ['←', '→'], does: 'change' },
  { keys: ['M'], does: 'minutes' },
  { keys: ['N'], does: 'note' },
  { keys: ['/'], does: 'find' },
  { keys: ['Ctrl + S', '⌘ + S'], does: 'save' },
  { keys: ['?'], does: 'help' },
] as const

/** What the keys do while the focus is among the pupils. */
export function KeysDialog({
  opened,
  onClose,
  keys,
}: {
  opened: boolean
  onClose: () => void
  keys: readonly CodeKeys[]
}) {
  const { t } = useTranslation('teacher')
  const codeName = useCodeName()
  return (
    <FormModal opened={opened} onClose={onClose} title={t('register.keys.title')}>
      <Table withRowBorders={false} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('register.keys.key')}</Table.Th>
            <Table.Th scope="col">{t('register.keys.does')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys
            .filter(({ letter, digit }) => letter !== null || digit !== null)
            .map(({ code, letter, digit }) => (
              <Table.Tr key={code.code}>
                <Table.Td>
                  <Keys of={[letter, digit].filter((key) => key !== null)} />
                </Table.Td>
                <Table.Td>{codeName(code)}</Table.Td>
              </Table.Tr>
            ))}
          {OTHERS.map((other) => (
            <Table.Tr key={other.does}>
              <Table.Td>
                <Keys of={other.keys} />
              </Table.Td>
              <Table.Td>{t(`register.keys.${other.does}`)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </FormModal>
  )
}

function Keys({ of }: { of: readonly string[] }) {
  const { t } = useTranslation('teacher')
  return of.map((key, i) => (
    <span key={key}>
      {i > 0 && (
        <>
          {' '}
          <VisuallyHidden>{t('register.keys.or')}</VisuallyHidden>
        </>
      )}
      <Kbd>{key}</Kbd>
    </span>
  ))
}
