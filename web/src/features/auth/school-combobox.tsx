import { Box, Paper, TextInput, VisuallyHidden } from '@mantine/core'
import { type ReactNode, type Ref, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { KnownSchool } from '#src/lib/last-school.ts'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import { matchSchools, type SearchableSchool } from './match-schools.ts'
import classes from './school-combobox.module.css'
import type { Answered } from './use-answer.ts'

interface SchoolComboboxProps {
  value: KnownSchool | undefined
  onChange: (school: KnownSchool | undefined) => void
  schools: Answered<readonly SearchableSchool[]>
  /** The list is about to be needed. */
  onWanted: () => void
  /** What is wrong with what is chosen. */
  error?: ReactNode
  inputRef: Ref<HTMLInputElement>
}

const MAX_SHOWN = 50

/**
 * "Editable combobox with list autocomplete" of the ARIA authoring practices. Our own, because what the component library offers weighs
 * as much as a fifth of the whole page: it can place its popup anywhere, and this one is always below the field.
 */
export function SchoolCombobox({
  value,
  onChange,
  schools,
  onWanted,
  error,
  inputRef,
}: SchoolComboboxProps) {
  const { t } = useTranslation('auth')
  const [open, setOpen] = useState(false)
  // What is typed; undefined while the field shows the chosen school.
  const [typed, setTyped] = useState<string>()
  const [active, setActive] = useState<number>()
  const id = useId()
  const list = useRef<HTMLDivElement>(null)

  const matches = useMemo(
    () => matchSchools(schools.data ?? [], typed ?? ''),
    [schools.data, typed],
  )
  const shown = matches.slice(0, MAX_SHOWN)
  const more = matches.length - shown.length
  const current = active === undefined ? undefined : shown[active]

  useEffect(() => {
    if (active !== undefined) list.current?.children[active]?.scrollIntoView({ block: 'nearest' })
  }, [active])

  const show = () => {
    onWanted()
    setOpen(true)
  }
  const close = () => {
    setOpen(false)
    setActive(undefined)
  }
  const choose = ({ code, name }: KnownSchool) => {
    onChange({ code, name })
    setTyped(undefined)
    close()
  }
  const type = (text: string) => {
    show()
    setTyped(text)
    // The likeliest is one Enter away.
    setActive(text.trim() === '' ? undefined : 0)
  }
  /** Leaves no text behind that looks chosen and is not. */
  const leave = () => {
    close()
    if (typed === undefined) return
    const [first] = matches
    const sought = typed.trim().toLowerCase()
    const isIt = first && [first.code.toLowerCase(), first.name.toLowerCase()].includes(sought)
    if (sought === '') onChange(undefined)
    else if (isIt) return choose(first)
    setTyped(undefined)
  }
  const move = (by: 1 | -1) => {
    if (!open) show()
    setActive((before) => {
      if (shown.length === 0) return undefined
      if (before === undefined) return by === 1 ? 0 : shown.length - 1
      return (before + by + shown.length) % shown.length
    })
  }
  const press = (event: React.KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp':
        event.preventDefault()
        // With Alt the list alone opens and closes.
        if (event.altKey) return open ? close() : show()
        return move(event.key === 'ArrowDown' ? 1 : -1)
      case 'Home':
      case 'End':
        // The caret moves, so nothing of the list is pointed at any more.
        return setActive(undefined)
      case 'Enter':
        if (!open) return
        event.preventDefault()
        if (current) choose(current)
        else if (shown.length === 1 && shown[0]) choose(shown[0])
        return
      case 'Tab':
        // What is pointed at after typing is what was meant.
        if (open && current && typed !== undefined) choose(current)
        return
      case 'Escape':
        if (!open && typed === undefined && !value) return
        event.preventDefault()
        if (open) return close()
        setTyped('')
        onChange(undefined)
    }
  }

  const note = schools.isLoading
    ? t('school.loading')
    : schools.data?.length === 0
      ? t('school.none')
      : schools.data && matches.length === 0
        ? t('school.noMatch', { text: typed })
        : more > 0
          ? t('school.more', { count: more })
          : undefined
  const hasPopup = open && (shown.length > 0 || note !== undefined)

  return (
    <div className={classes.root}>
      <TextInput
        ref={inputRef}
        label={t('school.label')}
        placeholder={t('school.placeholder')}
        error={error}
        value={typed ?? value?.name ?? ''}
        onChange={(event) => type(event.currentTarget.value)}
        onFocus={(event) => {
          onWanted()
          event.currentTarget.select()
        }}
        onClick={(event) => {
          // A chosen school is typed over, not added to.
          if (typed === undefined) event.currentTarget.select()
          show()
        }}
        onBlur={leave}
        onKeyDown={press}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={hasPopup}
        aria-controls={hasPopup ? `${id}-list` : undefined}
        aria-activedescendant={hasPopup && current ? `${id}-${current.code}` : undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        size="md"
        rightSection={
          <button
            type="button"
            className={classes.chevron}
            tabIndex={-1}
            aria-label={t('school.show')}
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={(event) => {
              if (open) return close()
              event.currentTarget.closest(`.${classes['root']}`)?.querySelector('input')?.focus()
              show()
            }}
          >
            <span className={classes.arrow} />
          </button>
        }
      />
      {hasPopup && (
        <Paper
          withBorder
          shadow="md"
          className={classes.popup}
          onMouseDown={(event) => event.preventDefault()}
        >
          {shown.length > 0 && (
            <div
              ref={list}
              id={`${id}-list`}
              role="listbox"
              aria-label={t('school.label')}
              className={classes.list}
            >
              {shown.map((school, i) => (
                // The keys are the field's, which says by aria-activedescendant which of these is meant.
                // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
                <div
                  key={school.code}
                  id={`${id}-${school.code}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={school.code === value?.code}
                  className={`${classes.option} ${i === active ? classes.active : ''}`}
                  onClick={() => choose(school)}
                >
                  <span className={classes.name}>{school.name}</span>
                  <span className={classes.code}>{school.code}</span>
                </div>
              ))}
            </div>
          )}
          {note !== undefined && <div className={classes.note}>{note}</div>}
        </Paper>
      )}
      <VisuallyHidden role="status">
        {open && schools.data
          ? [
              matches.length > 0 && t('school.found', { count: matches.length }),
              note !== undefined && note,
            ]
              .filter(Boolean)
              .join('. ')
          : ''}
      </VisuallyHidden>
      {schools.error !== undefined && (
        <Box mt="xs">
          <ErrorAlert error={schools.error} onRetry={schools.retry} />
        </Box>
      )}
    </div>
  )
}
