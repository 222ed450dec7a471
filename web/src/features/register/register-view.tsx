import { Button, Group, Stack, Text, VisuallyHidden } from '@mantine/core'
import { IconKeyboard } from '@tabler/icons-react'
import type { RegisterAnswer } from '@usms/school-api/modules/sessions/sessions.schema'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { personName } from '#src/ui/person-name.ts'
import type { MarkValue } from './drafts.ts'
import { FindPupil } from './find-pupil.tsx'
import { keysOf } from './keys.ts'
import { KeysDialog } from './keys-dialog.tsx'
import { countsOf, type Line, type Pupil } from './marks.ts'
import { NoteDialog } from './note-dialog.tsx'
import { PupilRow } from './pupil-row.tsx'
import { ReasonDialog } from './reason-dialog.tsx'
import classes from './register.module.css'
import { RegisterNotices } from './register-notices.tsx'
import { saveStateOf, useSaveStateText } from './save-state.ts'
import { SummaryBar } from './summary-bar.tsx'
import { useCodeName } from '#src/ui/use-code-name.ts'
import { useMarks } from './use-marks.ts'
import { useRegisterKeys } from './use-register-keys.ts'

type Dialog = { kind: 'note'; index: number } | { kind: 'reason' | 'keys' } | null

/** The pupils of a class session and their marks. Give it a `key` of the session. */
export function RegisterView({ register }: { register: RegisterAnswer }) {
  const { t } = useTranslation('teacher')
  const codeName = useCodeName()
  const marks = useMarks(register)
  const { lines, draft } = marks
  const [active, setActive] = useState(0)
  const [dialog, setDialog] = useState<Dialog>(null)
  /** The last change, for who cannot see it. */
  const [said, setSaid] = useState('')
  const [list, setList] = useState<HTMLOListElement | null>(null)
  const find = useRef<HTMLInputElement>(null)
  const { codes } = register
  const keys = useMemo(() => keysOf(codes), [codes])
  const isReadOnly = !register.markable
  const state = saveStateOf(lines, draft)
  const stateText = useSaveStateText(register.people)

  const { mark: keepMark } = marks
  const mark = useCallback(
    (pupil: Pupil, change: Partial<MarkValue>) => {
      keepMark(pupil, change)
      const code = codes.find((of) => of.code === change.status)
      if (code) setSaid(t('register.said', { name: personName(pupil), mark: codeName(code) }))
    },
    [keepMark, codes, codeName, t],
  )
  const openNote = useCallback((index: number) => setDialog({ kind: 'note', index }), [])

  const corrections = lines.filter((line) => line.isCorrection).length
  const canSave =
    !isReadOnly && marks.isChanged && state.kind !== 'undecided' && state.kind !== 'sending'
  const save = () => {
    if (!canSave) setSaid(stateText(state))
    else if (corrections > 0 && !draft?.sending?.reason) setDialog({ kind: 'reason' })
    else marks.save(corrections > 0 ? (draft?.sending?.reason ?? null) : null)
  }

  const { focusRow } = useRegisterKeys({
    list,
    keys,
    rows: lines.length,
    active,
    onActivate: setActive,
    actions: {
      mark: (index, code) => {
        const line = lines[index]
        if (line && !isReadOnly && !line.lock) mark(line.pupil, { status: code })
      },
      note: (index) => {
        if (!isReadOnly && !lines[index]?.lock) openNote(index)
      },
      find: () => find.current?.focus(),
      help: () => setDialog({ kind: 'keys' }),
      save,
    },
  })

  if (lines.length === 0) return <EmptyState text={t('register.nobody')} />
  const noted = dialog?.kind === 'note' ? lines[dialog.index] : undefined
  const closeNote = () => {
    setDialog(null)
    // Back to the pupil, whose row knows best where.
    if (dialog?.kind === 'note') window.setTimeout(() => focusRow(dialog.index))
  }
  const close = () => setDialog(null)
  return (
    <Stack gap="md">
      <RegisterNotices register={register} marks={marks} />
      <Group justify="space-between" gap="sm">
        <FindPupil input={find} roster={register.roster} onFound={focusRow} />
        {!isReadOnly && (
          <Group gap="sm" className={classes.keyboardOnly}>
            <Text size="sm" c="dimmed">
              {t('register.keys.hint')}
            </Text>
            <Button
              variant="default"
              leftSection={<IconKeyboard size={18} aria-hidden />}
              onClick={() => setDialog({ kind: 'keys' })}
            >
              {t('register.keys.button')}
            </Button>
          </Group>
        )}
      </Group>
      <VisuallyHidden component="h2">
        {t('register.pupils', { count: lines.length })}
      </VisuallyHidden>
      <ol className={classes.list} ref={setList}>
        {lines.map(({ pupil, value, lock }, index) => (
          <PupilRow
            key={pupil.studentUserId}
            index={index}
            pupil={pupil}
            status={value.status}
            minutesLate={value.minutesLate}
            note={value.note}
            lock={lock}
            isReadOnly={isReadOnly}
            isActive={index === active}
            codes={codes}
            onMark={mark}
            onNote={openNote}
          />
        ))}
      </ol>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      {!isReadOnly && (
        <SummaryBar
          counts={countsOf(lines, codes)}
          state={state}
          text={stateText(state)}
          saveLabel={saveLabel()}
          onSave={canSave ? save : undefined}
        />
      )}
      <NoteDialog
        line={noted}
        onClose={closeNote}
        onNote={(line: Line, note) => {
          mark(line.pupil, { note })
          closeNote()
        }}
      />
      <ReasonDialog
        opened={dialog?.kind === 'reason'}
        count={corrections}
        onClose={close}
        onSave={(reason) => {
          marks.save(reason)
          close()
        }}
      />
      <KeysDialog opened={dialog?.kind === 'keys'} onClose={close} keys={keys} />
    </Stack>
  )

  function saveLabel() {
    if (state.kind === 'delayed' || state.kind === 'refused') return t('register.save.again')
    return lines.every((line) => line.pupil.entry === null)
      ? t('register.save.first')
      : t('register.save.changes')
  }
}
