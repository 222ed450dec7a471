import { Alert, type AlertProps } from '@mantine/core'

/** What has to be known before one goes on, on a ground of its own. */
export const Notice = (props: AlertProps) => (
  <Alert role="note" variant="outline" bg="var(--mantine-color-body)" {...props} />
)
