import { type RefObject, useEffect, useRef } from 'react'

/** The first thing to act on takes the focus when this comes in the place of something else, whose focus would be lost. */
export function useFocusFirst<Element extends HTMLElement>(): RefObject<Element | null> {
  const ref = useRef<Element>(null)
  useEffect(() => {
    ref.current?.querySelector<HTMLElement>('input:not([type=hidden]), select, button, a')?.focus()
  }, [])
  return ref
}
