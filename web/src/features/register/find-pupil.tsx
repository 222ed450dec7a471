import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type RefObject, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { findPupil, labelOf } from './find.ts'
import type { Pupil } from './marks.ts'

interface FindPupilProps {
  input: RefObject<HTMLInputElement | null>
  roster: readonly Pupil[]
  onFound: (index: number) => void
}

/** Types a name or a roll number, presses Enter, and is at that pupil; or takes one of what the browser proposes. */
export function FindPupil({ input, roster, onFound }: FindPupilProps) {
  const { t } = useTranslation('teacher')
  const [text, setText] = useState('')
  const [isMissing, setIsMissing] = useState(false)
  const list = useId()
  const goTo = (index: number) => {
    setIsMissing(index < 0)
    if (index < 0) return
    setText('')
    onFound(index)
  }
  return (
    <form
      role="search"
      style={{ flex: '1 1 12rem', maxWidth: 340 }}
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() !== '') goTo(findPupil(roster, text))
      }}
    >
      <TextInput
        ref={input}
        aria-label={t('register.find.label')}
        placeholder={t('register.find.label')}
        leftSection={<IconSearch size={18} aria-hidden />}
        autoComplete="off"
        enterKeyHint="go"
        list={list}
        value={text}
        error={isMissing && t('register.find.nothing')}
        onChange={({ currentTarget: { value } }) => {
          setIsMissing(false)
          setText(value)
          // Taken from the list, and not typed: nobody types a whole label.
          const proposed = roster.findIndex((pupil) => labelOf(pupil) === value)
          if (proposed >= 0 && value.includes(' · ')) goTo(proposed)
        }}
      />
      <datalist id={list}>
        {roster.map((pupil) => (
          <option key={pupil.studentUserId}>{labelOf(pupil)}</option>
        ))}
      </datalist>
    </form>
  )
}
