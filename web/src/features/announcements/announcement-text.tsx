import { Anchor, Text } from '@mantine/core'
import { splitLinks } from './split-links.ts'

/** What was written, as it was written: lines stay lines, web addresses can be followed, and nothing else is more than text. */
export function AnnouncementText({ body }: { body: string }) {
  return (
    <Text style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
      {splitLinks(body).map(({ text, at, href }) =>
        href === undefined ? (
          <span key={at}>{text}</span>
        ) : (
          <Anchor key={at} href={href} target="_blank" rel="noopener noreferrer" underline="always">
            {text}
          </Anchor>
        ),
      )}
    </Text>
  )
}
