import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import type { StructureAnswer } from '@usms/school-api/modules/structure/structure.schema'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { FormModal } from '#src/ui/form-modal.tsx'
import { Loaded, LoadingRows } from '#src/ui/loaded.tsx'
import { personName } from '#src/ui/person-name.ts'
import { EnrollForm } from './enroll-form.tsx'
import { type RosterPupil, type Section, useRoster } from './enrollment.api.ts'
import { History } from './history.tsx'
import { LeaveForm } from './leave-form.tsx'
import { RollNumberForm } from './roll-number-form.tsx'
import { type RosterAction, RosterTable } from './roster-table.tsx'
import { Seats } from './section-overview.tsx'
import { TransferForm } from './transfer-form.tsx'
import classes from './enrollment.module.css'

interface SectionRosterProps {
  section: Section
  date: string
  structure: StructureAnswer
}

/** One section on one day: its pupils, and everything the office does with them. */
export function SectionRoster({ section, date, structure }: SectionRosterProps) {
  const { t } = useTranslation('structure')
  const heading = useRef<HTMLHeadingElement>(null)
  const roster = useRoster(section.id, date)
  const [isEnrolling, setEnrolling] = useState(false)
  const [doing, setDoing] = useState<{ action: RosterAction; pupil: RosterPupil } | null>(null)
  const { years, sections } = structure
  const year = years.find(({ startsOn, endsOn }) => startsOn <= date && date <= endsOn)
  const homerooms = sections.filter(({ kind }) => kind === 'HOMEROOM')
  useEffect(() => {
    // Whoever followed a link that is gone now goes on here. (One of these a section: it has its id as key.)
    if (document.activeElement === document.body) heading.current?.focus()
  }, [])
  const close = () => {
    setDoing(null)
    setEnrolling(false)
    // A row that went takes the button with it that the focus came from.
    setTimeout(() => {
      if (document.activeElement === document.body) heading.current?.focus()
    }, 50)
  }
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end">
        <div className={classes.head}>
          <Title
            order={2}
            size="h3"
            ref={heading}
            tabIndex={-1}
            className={classes.name}
            style={{ outline: 'none' }}
          >
            {section.name}
          </Title>
          {year && (
            <Text size="sm" c="dimmed" className={classes.name}>
              {year.name}
            </Text>
          )}
          <Seats section={section} />
        </div>
        {year && (
          <Button
            leftSection={<IconUserPlus size={18} aria-hidden />}
            onClick={() => setEnrolling(true)}
          >
            {section.kind === 'GROUP' ? t('enrollment.addMembers') : t('enrollment.enroll')}
          </Button>
        )}
      </Group>
      {!year && <Text>{t('enrollment.noYear')}</Text>}
      <Loaded query={roster} skeleton={<LoadingRows rows={8} height={44} />}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState text={t('enrollment.rosterEmpty')} />
          ) : (
            <RosterTable
              section={section}
              pupils={items}
              onAction={(action, pupil) => setDoing({ action, pupil })}
            />
          )
        }
      </Loaded>
      <FormModal
        title={
          section.kind === 'GROUP'
            ? t('enroll.titleGroup', { section: section.name })
            : t('enroll.title', { section: section.name })
        }
        opened={isEnrolling && year !== undefined}
        onClose={close}
        size="lg"
      >
        {year && (
          <EnrollForm
            section={section}
            year={year}
            date={date}
            roster={roster.data?.items ?? []}
            homerooms={homerooms}
            onDone={close}
          />
        )}
      </FormModal>
      <PupilDialog
        doing={doing}
        section={section}
        date={date}
        structure={structure}
        homerooms={homerooms}
        year={year}
        onClose={close}
      />
    </Stack>
  )
}

interface PupilDialogProps extends SectionRosterProps {
  doing: { action: RosterAction; pupil: RosterPupil } | null
  homerooms: readonly Section[]
  year: StructureAnswer['years'][number] | undefined
  onClose: () => void
}

function PupilDialog({
  doing,
  section,
  date,
  structure,
  homerooms,
  year,
  onClose,
}: PupilDialogProps) {
  const { t } = useTranslation('structure')
  const name = doing ? personName(doing.pupil) : ''
  const titles: Record<RosterAction, string> = {
    transfer: t('change.transferTitle', { name }),
    withdraw: t('change.withdrawTitle', { name }),
    roll: t('change.rollTitle', { name }),
    close: t('change.memberTitle', { name, section: section.name }),
    history: t('history.title', { name }),
  }
  const place = doing && year && { pupil: doing.pupil, section, year, date, onDone: onClose }
  return (
    <FormModal title={doing ? titles[doing.action] : ''} opened={doing !== null} onClose={onClose}>
      {doing?.action === 'history' && (
        <History
          studentId={doing.pupil.studentUserId}
          sections={structure.sections}
          years={structure.years}
        />
      )}
      {place && doing.action === 'transfer' && <TransferForm {...place} homerooms={homerooms} />}
      {place && (doing.action === 'withdraw' || doing.action === 'close') && (
        <LeaveForm {...place} />
      )}
      {place && doing.action === 'roll' && <RollNumberForm {...place} />}
    </FormModal>
  )
}
