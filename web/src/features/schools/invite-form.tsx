import { NativeSelect, Text } from '@mantine/core'
import type { InviteRole, SchoolAnswer } from '@usms/directory/modules/schools/schools.schema'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormFrame } from '#src/ui/form-modal.tsx'
import { InvitePanel } from './invite-panel.tsx'
import { OperationError } from './operation-error.tsx'
import { useInvite } from './schools.api.ts'

const ROLES = ['ADMIN', 'OWNER'] as const satisfies InviteRole[]

/** Makes an invite for a school's first account, and shows it in place of the question. */
export function InviteForm({ school, onClose }: { school: SchoolAnswer; onClose: () => void }) {
  const { t } = useTranslation('owner')
  const invite = useInvite(school.id)
  const [role, setRole] = useState<InviteRole>('ADMIN')
  if (invite.data) return <InvitePanel invite={invite.data} takesFocus />
  return (
    <FormFrame
      onSubmit={(event) => {
        event.preventDefault()
        if (!invite.isPending) invite.mutate(role)
      }}
      onCancel={onClose}
      submitLabel={t('invite.make')}
      isBusy={invite.isPending}
      refusal={invite.isError && <OperationError error={invite.error} />}
    >
      <Text>{t('actions.invite.text')}</Text>
      <NativeSelect
        label={t('invite.role')}
        value={role}
        onChange={(event) => setRole(event.currentTarget.value as InviteRole)}
        data={ROLES.map((value) => ({ value, label: t(`invite.roles.${value}`) }))}
      />
    </FormFrame>
  )
}
