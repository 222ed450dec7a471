import { Alert, Button, Container, Stack } from '@mantine/core'
import i18next from 'i18next'
import { Component, type ReactNode } from 'react'

/** What is left when a page throws: a way to load it again. Also when a chunk is gone, because a newer release took its place. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    if (!this.state.failed) return this.props.children
    return (
      <Container size="xs" py="xl" component="main">
        <Alert color="red" variant="outline" role="alert" title={i18next.t('errors.crash')}>
          <Stack align="flex-start">
            <Button variant="default" onClick={() => window.location.reload()}>
              {i18next.t('actions.tryAgain')}
            </Button>
          </Stack>
        </Alert>
      </Container>
    )
  }
}
