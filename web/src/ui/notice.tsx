import { Alert } from '@mantine/core'
import type { ReactNode } from 'react'

interface NoticeProps {
  color: 'red' | 'orange' | 'yellow' | 'blue' | 'ink'
  /** `alert` for what is said at once, `status` for what can wait; `note` is for what is there from the start. */
  role?: 'alert' | 'status' | 'note'
  title?: string
  icon?: ReactNode
  children: ReactNode
}

/** Something to know, marked by its border and icon: in the colour itself few words could be read on a light page. */
export const Notice = ({ color, role = 'note', title, icon, children }: NoticeProps) => (
  <Alert
    color={color}
    variant="outline"
    bg="var(--mantine-color-body)"
    w="100%"
    title={title}
    icon={icon}
    role={role}
  >
    {children}
  </Alert>
)
