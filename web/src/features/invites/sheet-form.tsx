import { Button, Checkbox, Paper, Radio, Select, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmModal } from '#src/ui/confirm-modal.tsx'
import { useErrorText } from '#src/ui/error-text.ts'
import { Notice } from '#src/ui/notice.tsx'
import type { SectionInvitesRequest } from './invites.api.ts'

interface SheetFormProps {
  sections: { group: string; items: { value: string; label: string }[] }[]
  sectionId: string | null
  onSection: (sectionId: string | null) => void
  sectionName: string | undefined
  isPending: boolean
  error: unknown
  onIssue: (request: SectionInvitesRequest) => Promise<unknown>
}

/** For whom; and, before anything is issued, what it does to the links from before. */
export function SheetForm(props: SheetFormProps) {
  const { sections, sectionId, onSection, sectionName, isPending, error, onIssue } = props
  const { t } = useTranslation('people')
  const errorText = useErrorText()
  const [who, setWho] = useState<SectionInvitesRequest['who']>('students')
  const [onlyNew, setOnlyNew] = useState(true)
  const [isMissing, setMissing] = useState(false)
  const [isOpen, { open, close }] = useDisclosure(false)
  const issue = () => {
    if (!sectionId || isPending) return
    // The dialog closes when there is an answer; a refusal is said in it.
    void onIssue({ sectionId, who, onlyNew }).then(close, () => {})
  }
  return (
    <>
      <Paper
        withBorder
        p={{ base: 'md', sm: 'lg' }}
        component="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setMissing(!sectionId)
          if (sectionId) open()
        }}
      >
        <Stack gap="lg" align="flex-start">
          <Select
            w="100%"
            maw={360}
            label={t('sheet.section')}
            placeholder={t('sheet.chooseSection')}
            searchable
            data={sections}
            value={sectionId}
            onChange={(id) => {
              setMissing(false)
              onSection(id)
            }}
            error={isMissing && t('sheet.sectionMissing')}
            nothingFoundMessage={t('list.noSection')}
            comboboxProps={{ withinPortal: false }}
            maxDropdownHeight={300}
          />
          <Radio.Group
            label={t('sheet.who')}
            value={who}
            onChange={(value) => setWho(value === 'guardians' ? 'guardians' : 'students')}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="students" label={t('sheet.students')} />
              <Radio value="guardians" label={t('sheet.guardians')} />
            </Stack>
          </Radio.Group>
          <Checkbox
            checked={onlyNew}
            onChange={(event) => setOnlyNew(event.currentTarget.checked)}
            label={t('sheet.onlyNew')}
            description={t('sheet.onlyNewHint')}
          />
          <Notice
            color="orange"
            icon={<IconAlertTriangle aria-hidden />}
            title={t('sheet.warningTitle')}
          >
            {t('sheet.warning')}
          </Notice>
          <Button type="submit">{t('sheet.issue')}</Button>
        </Stack>
      </Paper>
      {/* Beside the form: within it, the answer to the question would send the form again. */}
      <ConfirmModal
        title={t(`sheet.ask.${who}`, { section: sectionName ?? '' })}
        opened={isOpen}
        text={t('sheet.warning')}
        confirmLabel={t('sheet.issueNow')}
        isBusy={isPending}
        refusal={error !== null && error !== undefined && errorText(error)}
        onConfirm={issue}
        onClose={close}
      />
    </>
  )
}
