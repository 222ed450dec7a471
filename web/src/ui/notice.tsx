import { Alert } from '@mantine/core'
import type { ReactNode } from 'react'

interface NoticeProps {
  color: 'red' | 'yellow' | 'blue'
  /** `alert` for what is said at once, `status` for what can wait; none for what is there from the start. */
  role?: 'alert' | 'status'
  title: string
  icon?: ReactNode
  children: ReactNode
}

/** Something to know, marked by its border and icon: in the colour itself few words could be read on a light page. */
export const Notice = ({ color, role, title, icon, children }: NoticeProps) => (
  <Alert
    color={color}
    variant="outline"
    title={title}
    icon={icon}
    {...(role && { role })}
    styles={{ title: { color: 'var(--mantine-color-text)' } }}
  >
    {children}
  </Alert>
)
