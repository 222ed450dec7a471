import { Button } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCloudOff,
  IconCloudUpload,
  IconPencil,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Code } from './marks.ts'
import classes from './register.module.css'
import type { SaveState } from './save-state.ts'
import { useCodeName } from '#src/ui/use-code-name.ts'

const ICONS = {
  unsaved: IconPencil,
  undecided: IconAlertTriangle,
  sending: IconCloudUpload,
  delayed: IconCloudOff,
  refused: IconAlertTriangle,
  saved: IconCircleCheck,
} satisfies Record<SaveState['kind'], unknown>

interface SummaryBarProps {
  counts: readonly { code: Code; count: number }[]
  state: SaveState
  /** What the state is called. */
  text: string
  saveLabel: string
  onSave: (() => void) | undefined
}

/** Always in sight: how many are what, whether it is saved, and the button that does it. */
export function SummaryBar({ counts, state, text, saveLabel, onSave }: SummaryBarProps) {
  const { t } = useTranslation('teacher')
  const codeName = useCodeName()
  const Icon = ICONS[state.kind]
  return (
    <section className={classes.bar} aria-label={t('register.summary')}>
      <dl className={classes.counts}>
        {counts.map(({ code, count }) => (
          <div key={code.code}>
            <dt>{codeName(code)}</dt>
            <dd>{count}</dd>
          </div>
        ))}
      </dl>
      <span className={classes.state} role="status" data-state={state.kind}>
        <Icon size={18} aria-hidden style={{ flexShrink: 0 }} />
        {text}
      </span>
      <Button
        size="md"
        onClick={onSave}
        disabled={!onSave}
        loading={state.kind === 'sending'}
        aria-keyshortcuts="Control+S Meta+S"
      >
        {saveLabel}
      </Button>
    </section>
  )
}
