import { useEffect, useRef } from 'react'
import { flushSync } from 'react-dom'
import { type CodeKeys, commandOf } from './keys.ts'

interface KeyActions {
  mark: (index: number, code: string) => void
  note: (index: number) => void
  find: () => void
  help: () => void
  save: () => void
}

interface KeysOptions {
  list: HTMLElement | null
  keys: readonly CodeKeys[]
  rows: number
  /** The row that the focus is in or was in last. */
  active: number
  onActivate: (index: number) => void
  actions: KeyActions
}

/**
 * The keyboard of the register. Letters are commands only while the focus is among the pupils, so that they are in nobody's way
 * elsewhere (WCAG 2.1.4); the arrow into the list and saving work from the whole page.
 */
export function useRegisterKeys({ list, keys, rows, active, onActivate, actions }: KeysOptions) {
  const rowOf = (index: number) => list?.querySelector(`[data-row="${index}"]`)
  const focusRow = (index: number, part: 'target' | 'minutes' = 'target'): boolean => {
    const found = rowOf(index)?.querySelector<HTMLElement>(`[data-${part}]`)
    found?.focus()
    if (found) keepInSight(found)
    if (found instanceof HTMLInputElement && part === 'minutes') found.select()
    return found !== undefined && found !== null
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const index = indexOf(event)
    const inNumber = (event.target as Element).hasAttribute('data-minutes')
    const command = commandOf(event, keys, inNumber)
    if (!command || index === undefined) return
    event.preventDefault()
    switch (command.kind) {
      case 'move': {
        const to = { next: index + 1, previous: index - 1, first: 0, last: rows - 1 }[command.to]
        if (to >= 0 && to < rows) focusRow(to)
        return
      }
      case 'mark':
        flushSync(() => actions.mark(index, command.code))
        // A code with minutes asks for them.
        if (!focusRow(index, 'minutes')) focusRow(index)
        return
      case 'minutes':
        focusRow(index, 'minutes')
        return
      case 'note':
        flushSync(() => actions.note(index))
        return
      case 'find':
        actions.find()
        return
      case 'help':
        actions.help()
    }
  }

  const newest = useRef({ active, onKeyDown, focusRow, save: actions.save })
  useEffect(() => {
    newest.current = { active, onKeyDown, focusRow, save: actions.save }
  })
  useEffect(() => {
    if (!list) return
    // Once for all rows: they are hundreds.
    const onKey = (event: KeyboardEvent) => newest.current.onKeyDown(event)
    const onFocus = (event: FocusEvent) => {
      const index = indexOf(event)
      if (index !== undefined) onActivate(index)
    }
    list.addEventListener('keydown', onKey)
    list.addEventListener('focusin', onFocus)
    return () => {
      list.removeEventListener('keydown', onKey)
      list.removeEventListener('focusin', onFocus)
    }
  }, [list, onActivate])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector('[role="dialog"]')) return
      const { active, focusRow, save } = newest.current
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
        event.preventDefault()
        save()
      } else if (event.key === 'ArrowDown' && isNowhere(document.activeElement)) {
        event.preventDefault()
        focusRow(active)
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])

  return { focusRow }
}

/** Rows that were never in sight have a guessed height: drawn after a leap, they would push the row under the bar. */
function keepInSight(element: HTMLElement) {
  const look = () => {
    if (document.activeElement === element) element.scrollIntoView({ block: 'nearest' })
  }
  // The first frame draws them, in the second they have their height.
  requestAnimationFrame(() => requestAnimationFrame(look))
}

/** The row in which something happened. */
function indexOf({ target }: Event): number | undefined {
  const row = target instanceof Element && target.closest('[data-row]')?.getAttribute('data-row')
  return row ? Number(row) : undefined
}

/** Where the focus is after a page was opened: nothing there wants the arrow. */
const isNowhere = (element: Element | null) =>
  element === null ||
  element === document.body ||
  element.tagName === 'H1' ||
  element.tagName === 'MAIN'
