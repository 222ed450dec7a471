import { Textarea } from '@mantine/core'
import { useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { personName } from '#src/ui/person-name.ts'
import { FormFrame, FormModal } from '#src/ui/form-modal.tsx'
import type { Line } from './marks.ts'

const MAX_LENGTH = 500

interface NoteDialogProps {
  /** Whose note; undefined while it is closed. */
  line: Line | undefined
  onClose: () => void
  onNote: (line: Line, note: string | null) => void
}

export function NoteDialog({ line, onClose, onNote }: NoteDialogProps) {
  const { t } = useTranslation('teacher')
  return (
    <FormModal
      opened={line !== undefined}
      onClose={onClose}
      title={line ? t('register.note.title', { name: personName(line.pupil) }) : ''}
    >
      {line && (
        <NoteForm
          note={line.value.note ?? ''}
          onClose={onClose}
          onNote={(note) => onNote(line, note)}
        />
      )}
    </FormModal>
  )
}

function NoteForm({
  note,
  onClose,
  onNote,
}: {
  note: string
  onClose: () => void
  onNote: (note: string | null) => void
}) {
  const { t } = useTranslation('teacher')
  const [text, setText] = useState(note)
  const field = useRef<HTMLTextAreaElement>(null)
  // At once, and not when the dialog's own focus comes: who types on would be marking pupils until then.
  useLayoutEffect(() => field.current?.focus(), [])
  return (
    <FormFrame
      isBusy={false}
      onCancel={onClose}
      submitLabel={t('register.note.done')}
      onSubmit={(event) => {
        event.preventDefault()
        onNote(text.trim() || null)
      }}
    >
      <Textarea
        ref={field}
        label={t('register.note.label')}
        description={t('register.note.who')}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={MAX_LENGTH}
        data-autofocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          // As in a chat: Enter is done, with Shift there is another line.
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
          event.preventDefault()
          event.currentTarget.form?.requestSubmit()
        }}
      />
    </FormFrame>
  )
}
