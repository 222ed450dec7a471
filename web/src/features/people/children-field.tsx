import { ActionIcon, Group, Input, Paper, Stack, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { PersonPicker } from './person-picker.tsx'

export interface Child {
  id: string
  name: string
}

const MAX_CHILDREN = 20

interface ChildrenFieldProps {
  pupils: readonly Child[]
  onChange: (pupils: Child[]) => void
}

/** The pupils somebody is the guardian of: searched, and listed below. */
export function ChildrenField({ pupils, onChange }: ChildrenFieldProps) {
  const { t } = useTranslation('people')
  const input = useRef<HTMLInputElement>(null)
  return (
    <Input.Wrapper label={t('fields.children')} labelElement="div">
      <Stack gap="xs">
        {pupils.map((child) => (
          <Paper key={child.id} withBorder px="sm" py={6}>
            <Group justify="space-between" wrap="nowrap">
              <Text style={{ overflowWrap: 'anywhere' }}>{child.name}</Text>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={t('relations.removeChild', { name: child.name })}
                onClick={() => {
                  onChange(pupils.filter(({ id }) => id !== child.id))
                  input.current?.focus()
                }}
              >
                <IconX size={18} aria-hidden />
              </ActionIcon>
            </Group>
          </Paper>
        ))}
        {pupils.length < MAX_CHILDREN && (
          <PersonPicker
            ref={input}
            kind="students"
            label={t('relations.findChild')}
            without={pupils.map(({ id }) => id)}
            onPick={(child) => onChange([...pupils, child])}
          />
        )}
      </Stack>
    </Input.Wrapper>
  )
}
