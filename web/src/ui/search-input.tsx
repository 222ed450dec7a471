import { TextInput, type TextInputProps } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'

const TYPING_MS = 300

interface SearchInputProps extends Omit<TextInputProps, 'value' | 'onChange'> {
  /** What is searched for, as the address has it. */
  value: string
  /** When somebody has stopped typing. */
  onSearch: (text: string) => void
}

/** An input whose text is a search in the address: it keeps what is being typed, and follows a step back. */
export function SearchInput({ value, onSearch, ...props }: SearchInputProps) {
  const [typed, setTyped] = useState(value)
  const [shown, setShown] = useState(value)
  const [sent, setSent] = useState(value)
  // Another address than the one that was typed: a step back, a filter that was taken away.
  if (value !== shown) {
    setShown(value)
    if (value !== sent) setTyped(value)
  }
  const search = useDebouncedCallback((text: string) => {
    setSent(text)
    onSearch(text)
  }, TYPING_MS)
  return (
    <TextInput
      type="search"
      leftSection={<IconSearch size={18} aria-hidden />}
      maxLength={100}
      {...props}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        search(event.currentTarget.value.trim())
      }}
    />
  )
}
