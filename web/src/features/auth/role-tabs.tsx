import { useTranslation } from 'react-i18next'
import classes from './role-tabs.module.css'

const TABS = ['TEACHER', 'STUDENT', 'PARENT', 'STAFF'] as const
export type SignInTab = (typeof TABS)[number]

export const toTab = (text: string | undefined): SignInTab =>
  TABS.find((tab) => tab === text) ?? 'TEACHER'

interface RoleTabsProps {
  value: SignInTab
  onChange: (tab: SignInTab) => void
  labelId: string
  /** Of what is wrong with the choice. */
  errorId: string | undefined
}

/** Native radio buttons in a row: what the component library has for this weighs as much as the rest of the form. */
export function RoleTabs({ value, onChange, labelId, errorId }: RoleTabsProps) {
  const { t } = useTranslation('auth')
  return (
    <div
      role="radiogroup"
      aria-labelledby={labelId}
      aria-describedby={errorId}
      className={classes.tabs}
    >
      {TABS.map((tab) => (
        <label key={tab} className={classes.tab}>
          <input
            type="radio"
            name="tab"
            value={tab}
            checked={tab === value}
            onChange={() => onChange(tab)}
            className={classes.radio}
          />
          {t(`login.roles.${tab}`)}
        </label>
      ))}
    </div>
  )
}
