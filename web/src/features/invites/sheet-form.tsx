import {
  Alert,
  Button,
  Checkbox,
  Group,
  Modal,
  Paper,
  Radio,
  Select,
  Stack,
  Text,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
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
  const { t: tc } = useTranslation()
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
        <Alert
          w="100%"
          color="orange"
          variant="outline"
          // Orange letters on white are too pale to read.
          styles={{ title: { color: 'var(--mantine-color-text)' } }}
          icon={<IconAlertTriangle aria-hidden />}
          title={t('sheet.warningTitle')}
        >
          {t('sheet.warning')}
        </Alert>
        <Button type="submit">{t('sheet.issue')}</Button>
      </Stack>
      <Modal
        opened={isOpen}
        onClose={close}
        title={t(`sheet.ask.${who}`, { section: sectionName ?? '' })}
        closeButtonProps={{ 'aria-label': tc('actions.close') }}
      >
        <Stack gap="md">
          <Text>{t('sheet.warning')}</Text>
          {error !== null && error !== undefined && <ErrorAlert error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              {tc('actions.cancel')}
            </Button>
            <Button loading={isPending} onClick={issue}>
              {t('sheet.issueNow')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Paper>
  )
}
